import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { poolOptions } from '../../src/db/connect.ts'
import { migrate } from '../../src/db/migrate.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.close())

test('a connection that has updated the schema waits for the disk again', async () => {
  const pool = new pg.Pool(poolOptions(database.connection, 'test', 1))
  try {
    await migrate(pool)
    assert.deepEqual((await pool.query('show synchronous_commit')).rows, [{ synchronous_commit: 'on' }])
  } finally {
    await pool.end()
  }
})
