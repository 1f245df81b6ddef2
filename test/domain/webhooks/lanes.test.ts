import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { claimLanes, extendLanes, markLaneDue, releaseLane } from '../../../src/domain/webhooks/lanes.ts'
import { testCroft, type TestCroft } from '../../support/croft.ts'

let server: TestCroft
before(async () => {
  server = await testCroft({ work: false })
})
after(() => server.stop())

test('the lane of a worker that died is claimed anew once its lease has ended, and its old claim counts for nothing', async () => {
  const { ctx, team } = server
  for (const lane of ['a.example.com', 'b.example.com']) await team.unit.commit((tx) => markLaneDue(tx, lane, tx.now))
  const claim = () => claimLanes(ctx, 16, new Map())
  const old = (await claim()).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const [dead, alive] = old
  assert.ok(dead && alive)
  assert.deepEqual(await claim(), [])
  await sql`update webhook_lanes set held_until = now() - interval '1 second' where id = ${dead.id}`.execute(ctx.db)
  const [again, ...more] = await claim()
  assert.deepEqual([again?.id, more], [dead.id, []])
  assert.deepEqual([...(await extendLanes(ctx, old))], [alive])
  await releaseLane(ctx, dead, { failures: 5, restUntil: null })
  const { rows } = await sql<{ holder: string; failures: number }>`
    select holder, failures from webhook_lanes where id = ${dead.id}`.execute(ctx.db)
  assert.deepEqual(rows, [{ holder: again?.holder, failures: 0 }])
})
