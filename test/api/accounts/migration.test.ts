import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { sql } from 'kysely'
import { newId } from '../../../src/lib/ids.ts'
import { testDatabase } from '../../support/database.ts'

test('profiles from before display names have their username as one, and have never changed it', async (t) => {
  const database = await testDatabase()
  t.after(() => database.close())
  const { pool, db } = database
  const [team, id] = [newId(), newId()]
  await pool.query('alter table profiles drop column display_name, drop column name_changed_at, drop column not_applied')
  await sql`insert into teams (id, name, created_at, updated_at) values (${team}, 'old', now(), now())`.execute(db)
  await sql`
    insert into profiles (team_id, id, platform, driver, profile_name, username, email_auth_method, status, created_at, updated_at)
    values (${team}, ${id}, 'tiktok', 'sandbox', 'Label', 'vela', 'google', 'cold', now(), now())`.execute(db)
  await pool.query(await readFile(new URL('../../../src/db/migrations/0003_accounts.sql', import.meta.url), 'utf8'))
  const row = await db.selectFrom('profiles').selectAll().executeTakeFirstOrThrow()
  assert.deepEqual([row.display_name, row.name_changed_at, row.not_applied], ['vela', null, []])
})
