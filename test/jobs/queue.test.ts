import assert from 'node:assert/strict'
import { test } from 'node:test'
import { throughPool } from '../../src/jobs/queue.ts'
import { testDatabase } from '../support/database.ts'

test('a text of several statements, such as those of pg-boss’s watch over dead workers, answers all their rows', async (t) => {
  const database = await testDatabase()
  t.after(() => database.close())
  const through = throughPool(database.pool)
  const several = await through.executeSql('begin; select 1 as n; select 2 as n; commit')
  assert.deepEqual(several.rows, [{ n: 1 }, { n: 2 }])
  const single = await through.executeSql('select $1::int as n', [3])
  assert.deepEqual(single.rows, [{ n: 3 }])
})
