import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { recordEvent } from '../../../src/kernel/record.ts'
import { testCroft } from '../../support/croft.ts'
import { until } from '../../support/wait.ts'

test('events carry their place in the order, which never falls', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team } = server
  const [first, second] = await team.unit.commit(async (tx) => [
    await recordEvent(tx, 'profile.updated', { n: 1 }),
    await recordEvent(tx, 'profile.updated', { n: 2 }),
  ])
  const third = await team.unit.commit((tx) => recordEvent(tx, 'profile.updated', { n: 3 }))
  const rows = await ctx.db
    .selectFrom('events')
    .select(['id', 'seq', 'xid'])
    .where('type', '=', 'profile.updated')
    .orderBy('seq')
    .execute()
  assert.deepEqual(
    rows.map(({ id }) => id),
    [first, second, third],
  )
  const places = rows.map(({ xid }) => BigInt(xid))
  assert.ok(places[0] !== undefined && places[1] !== undefined && places[2] !== undefined)
  assert.ok(places[0] <= places[1] && places[1] < places[2])
})

test('an event stands behind those of a transaction that its own statement waited for', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team } = server
  const [drawn, go] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  const touch = sql`
    with held as (update teams set updated_at = now() where id = ${team.id} returning id)
    insert into events (team_id, id, type, data, created_at) select id, gen_random_uuid(), 'profile.updated', '{}', now() from held`
  const early = team.unit.commit(async ({ trx }) => {
    await sql`select pg_current_xact_id()`.execute(trx)
    drawn.resolve(undefined)
    await go.promise
    await touch.execute(trx)
  })
  await drawn.promise
  await team.unit.commit(async ({ trx }) => {
    await touch.execute(trx)
    go.resolve(undefined)
    const waits = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await until(async () => (await waits.execute(ctx.db)).rows.length > 0)
  })
  await early
  const { rows } = await sql<{ seq: number }>`select seq from events where type = 'profile.updated' order by xid, seq`.execute(
    ctx.db,
  )
  assert.equal(rows.length, 2)
  assert.ok((rows[0]?.seq ?? 0) < (rows[1]?.seq ?? 0))
})
