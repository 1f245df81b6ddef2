import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { gather } from '../../src/kernel/group-commit.ts'
import { newId } from '../../src/lib/ids.ts'
import { testCroft } from '../support/croft.ts'
import { gate } from '../support/test-driver.ts'

test('what comes while a batch is under way forms the next, at most so many items each', async () => {
  const batches: number[][] = []
  const [first, go] = [gate(), gate()]
  const double = gather(
    async (items: number[]) => {
      batches.push(items)
      if (batches.length === 1) {
        first.open()
        await go.passed
      }
      return items.map((item) => item * 2)
    },
    { most: 3 },
  )
  const one = double(1)
  await first.passed
  const others = [2, 3, 4, 5].map(double)
  go.open()
  assert.deepEqual(await Promise.all([one, ...others]), [2, 4, 6, 8, 10])
  assert.deepEqual(batches, [[1], [2, 3, 4], [5]])
})

test('an item that is answered with an error fails alone', async () => {
  const halve = gather(
    (items: number[]) => Promise.resolve(items.map((item) => (item % 2 ? new Error(`${item} is odd`) : item / 2))),
    {
      most: 10,
    },
  )
  const [four, three, eight] = await Promise.allSettled([halve(4), halve(3), halve(8)])
  assert.deepEqual([four.status, three.status, eight.status], ['fulfilled', 'rejected', 'fulfilled'])
})

test('an item for which Postgres undoes the transaction fails alone, and each of the others has its effect once', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx } = server
  let batches = 0
  const add = gather(
    async (names: string[]) => {
      batches += 1
      const [created_at, updated_at] = [ctx.clock.now(), ctx.clock.now()]
      await ctx.db
        .insertInto('teams')
        .values(names.map((name) => ({ id: newId(), name, created_at, updated_at })))
        .execute()
      return names
    },
    { most: 10 },
  )
  await add('b')
  batches = 0
  const added = await Promise.allSettled(['a', 'b', 'c'].map(add))
  assert.deepEqual(
    added.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.equal(batches, 4)
  const rows = await ctx.db.selectFrom('teams').select('name').where('name', 'in', ['a', 'b', 'c']).execute()
  assert.deepEqual(rows.map(({ name }) => name).sort(), ['a', 'b', 'c'])
})

test('a batch whose connection is lost does not run again, since its effect may be stored', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx } = server
  let batches = 0
  const end = gather(
    async (items: number[]) => {
      batches += 1
      await ctx.db.transaction().execute(async (trx) => {
        await sql`select pg_terminate_backend(pg_backend_pid())`.execute(trx)
      })
      return items
    },
    { most: 10 },
  )
  const ended = await Promise.allSettled([end(1), end(2)])
  assert.deepEqual(
    ended.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(batches, 1)
})
