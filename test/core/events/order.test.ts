import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordEvent } from '../../../src/core/write/record.ts'
import { testCroft } from '../../support/croft.ts'

test('events carry their place in the order, and the transaction that wrote them', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team } = server
  const [first, second] = await team.scope.commit(async (tx) => [
    await recordEvent(tx, 'profile.updated', { n: 1 }),
    await recordEvent(tx, 'profile.updated', { n: 2 }),
  ])
  const third = await team.scope.commit((tx) => recordEvent(tx, 'profile.updated', { n: 3 }))
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
  assert.equal(rows[0]?.xid, rows[1]?.xid)
  assert.ok(BigInt(rows[2]?.xid ?? 0) > BigInt(rows[1]?.xid ?? 0))
})
