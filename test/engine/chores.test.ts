import { test } from 'node:test'
import { sql } from 'kysely'
import { startWorker } from '../../src/app/worker.ts'
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
  // The chore comes before the mending of lanes, whatever the order.
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
  const worker = await startWorker(ctx, { role: 'worker', sweepMs: 50 })
  stopWorker = () => worker.stop(1_000)
  await until(
    async () =>
      (await sql`select 1 from webhook_lanes where id = ${lane} and (due_at is not null or holder is not null)`.execute(ctx.db))
        .rows.length > 0,
    { what: 'the sweep behind the chores that fail' },
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
