import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect } from '../../src/db/connect.ts'
import { testDatabase } from '../support/database.ts'

test('no statement starts processes of Postgres or compiles code, with a pool of options of its own too', async () => {
  const database = await testDatabase()
  const names = ['max_parallel_workers_per_gather', 'jit', 'synchronous_commit']
  const query = 'select name, current_setting(name) as value from unnest($1::text[]) as name'
  const settingsOf = async (options?: string) => {
    const opened = connect(database.connection, {
      name: 'test',
      max: 1,
      onError: (error) => assert.fail(error),
      ...(options === undefined ? {} : { options }),
    })
    const { rows } = await opened.pool.query<{ name: string; value: string }>(query, [names])
    await opened.close()
    return rows.map(({ value }) => value)
  }
  assert.deepEqual(await settingsOf(), ['0', 'off', 'on'])
  assert.deepEqual(await settingsOf('-c synchronous_commit=off'), ['0', 'off', 'off'])
  await database.close()
})
