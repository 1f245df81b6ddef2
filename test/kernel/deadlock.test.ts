import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Tx } from '../../src/kernel/unit-of-work.ts'
import { testCroft, testTeam } from '../support/croft.ts'
import { gate } from '../support/test-driver.ts'

test('of two writes that wait for each other both come through, and each takes effect once', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team } = server
  const other = await testTeam(ctx, 'other')
  const add = (tx: Tx, id: string, letter: string) =>
    tx.trx
      .updateTable('teams')
      .set({ name: sql<string>`name || ${letter}` })
      .where('id', '=', id)
      .execute()
  const [one, two] = [gate(), gate()]
  await Promise.all([
    team.unit.commit(async (tx) => {
      await add(tx, team.id, 'a')
      one.open()
      await two.passed
      await add(tx, other.id, 'a')
    }),
    other.unit.commit(async (tx) => {
      await add(tx, other.id, 'b')
      two.open()
      await one.passed
      await add(tx, team.id, 'b')
    }),
  ])
  const names = (await ctx.db.selectFrom('teams').select('name').orderBy('name').execute()).map(({ name }) => name)
  assert.deepEqual(
    names.map((name) => [name.split('a').length, name.split('b').length]),
    [
      [2, 2],
      [2, 2],
    ],
  )
  for (const name of names) assert.match(name, /^(other|test)(ab|ba)$/)
})
