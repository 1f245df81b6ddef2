import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { startWorker } from '../../src/app/worker.ts'
import { readChores } from '../../src/engine/chores/facts.ts'
import type { Chore } from '../../src/engine/chores/run.ts'
import { startChores } from '../../src/engine/chores/start.ts'
import { newId } from '../../src/lib/ids.ts'
import { testCroft } from '../support/croft.ts'
import { until } from '../support/wait.ts'

test('a chore that fails stops no other, and is told in /metrics', async (t) => {
  const croft = await testCroft({ work: false })
  let stopWorker = () => Promise.resolve()
  t.after(async () => {
    await stopWorker()
    await croft.stop()
  })
  const { ctx, team } = croft
  await sql`alter table idempotency_keys rename to elsewhere`.execute(ctx.db)
  await sql`alter table work_items rename to elsewhere_too`.execute(ctx.db)
  const lane = 'hooks.example.com'
  await sql`insert into webhook_lanes (team_id, id, held_until) values (${team.id}, ${lane}, now() - interval '1 s')`.execute(
    ctx.db,
  )
  await sql`
    insert into deliveries (team_id, id, lane, url, body, status, next_try_at, created_at)
    values (${team.id}, ${newId()}, ${lane}, 'https://hooks.example.com/', '{}', 'pending', now() + interval '1 day', now())`.execute(
    ctx.db,
  )
  const worker = await startWorker(ctx, { role: 'worker', choresEveryMs: 50 })
  stopWorker = () => worker.stop(1_000)
  await until(
    async () =>
      (await sql`select 1 from webhook_lanes where id = ${lane} and (due_at is not null or holder is not null)`.execute(ctx.db))
        .rows.length > 0,
    { what: 'the mending of lanes beside the chores that fail' },
  )
  await until(
    async () => {
      const { body } = await croft.request('GET', '/metrics')
      return (
        /croft_chore_failures\{chore="lapse_claims"\} [1-9]/.test(String(body)) &&
        /croft_chore_failures\{chore="idempotency_keys"\} 1/.test(String(body)) &&
        /croft_chore_ended_timestamp_seconds\{chore="events"\} [1-9]/.test(String(body))
      )
    },
    { what: 'the metrics of both' },
  )
})

test('a chore that hangs or fails delays no other, each says when it last ended, and a stop does not wait for it for ever', async (t) => {
  const croft = await testCroft({ work: false })
  t.after(() => croft.stop())
  const { ctx } = croft
  const began = { hangs: 0, fails: 0, works: 0, shared: 0 }
  const chore = (name: keyof typeof began, shared: boolean, run: () => Promise<void>): Chore => ({
    name,
    everyMs: 0,
    shared,
    run: () => {
      began[name] += 1
      return run()
    },
  })
  const chores = startChores(
    ctx,
    [
      chore('hangs', false, () => new Promise(() => undefined)),
      chore('fails', false, () => Promise.reject(new Error('as it always does'))),
      chore('works', false, () => Promise.resolve()),
      chore('shared', true, () => Promise.resolve()),
    ],
    10,
  )
  await until(() => began.works >= 5 && began.shared >= 5 && began.fails >= 5, { what: 'the chores beside the one that hangs' })
  assert.equal(began.hangs, 1)
  const facts = new Map((await readChores(ctx)).map((one) => [one.name, one]))
  assert.ok((facts.get('works')?.endedAt ?? 0) > 0)
  assert.ok((facts.get('shared')?.endedAt ?? 0) > 0)
  assert.ok((facts.get('fails')?.failures ?? 0) >= 4)
  assert.equal(facts.get('fails')?.endedAt, 0)
  assert.equal(facts.get('hangs')?.endedAt ?? 0, 0)
  await chores.stop(50)
  const ended = { ...began }
  let later = 0
  const others = startChores(ctx, [{ name: 'later', everyMs: 0, shared: false, run: () => Promise.resolve((later += 1)) }], 10)
  await until(() => later >= 5, { what: 'chores that are started afterwards' })
  await others.stop(50)
  assert.deepEqual(began, ended)
})
