import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { sql } from 'kysely'
import { newId } from '../../src/lib/ids.ts'
import { testDatabase } from '../support/database.ts'

test('a warm-up that waits for a person since before is no longer under way, and one that somebody has begun still is', async (t) => {
  const database = await testDatabase()
  t.after(() => database.close())
  const { pool, db } = database
  const team = newId()
  await sql`insert into teams (id, name, created_at, updated_at) values (${team}, 'old', now(), now())`.execute(db)
  const warming = async (item: 'open' | 'started', runs: number, ready: boolean) => {
    const [id, task] = [newId(), newId()]
    await sql`
      insert into profiles (team_id, id, platform, driver, profile_name, username, display_name, email_auth_method, status,
        runs_completed, first_run_at, ready_at, created_at, updated_at)
      values (${team}, ${id}, 'tiktok', 'operator', 'Label', ${id.slice(-12)}, 'Vela', 'google', 'warming',
        ${runs}, now(), ${ready ? new Date() : null}, now(), now())`.execute(db)
    await sql`
      insert into tasks (team_id, id, profile_id, kind, status, run_at, started_at, created_at, updated_at)
      values (${team}, ${task}, ${id}, 'warmup', 'waiting', now(), now(), now(), now())`.execute(db)
    await sql`
      insert into work_items (team_id, id, kind, status, profile_id, task_id, due_at, instructions, "values", created_at, updated_at)
      values (${team}, ${newId()}, 'warmup', ${item}, ${id}, ${task}, now(), '1. Do it.', '{}', now(), now())`.execute(db)
    return { id, task }
  }
  const made = [
    await warming('open', 0, false),
    await warming('open', 3, false),
    await warming('open', 7, true),
    await warming('started', 0, false),
  ]
  await pool.query(await readFile(new URL('../../src/db/migrations/0016_person_warmup.sql', import.meta.url), 'utf8'))
  const standing = []
  for (const { id, task } of made) {
    const profile = await db.selectFrom('profiles').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const { status } = await db.selectFrom('tasks').select('status').where('id', '=', task).executeTakeFirstOrThrow()
    standing.push([profile.status, profile.first_run_at === null, status])
  }
  assert.deepEqual(standing, [
    ['cold', true, 'pending'],
    ['warm', false, 'pending'],
    ['ready', false, 'pending'],
    ['warming', false, 'waiting'],
  ])
})
