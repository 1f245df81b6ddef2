import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { poolOptions } from '../../src/db/pool-options.ts'
import { openLookUp } from '../../src/db/look-up.ts'
import { statement } from '../../src/db/statement.ts'
import { isDatabaseUnavailable } from '../../src/db/unavailable.ts'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { until } from '../support/wait.ts'

let croft: TestCroft
before(async () => {
  croft = await testCroft({ work: false })
})
after(() => croft.stop())

const half = statement<{ half: number }>('test_half', 'select 100 / $1::int as half')
const long = statement<{ pid: number }>('test_long', 'select pg_backend_pid() as pid, pg_sleep(600)')
const options = () => poolOptions(croft.database.connection, 'look-up under test', 1)

async function connections(): Promise<{ pid: number; query: string }[]> {
  const { rows } = await croft.database.pool.query<{ pid: number; query: string }>(
    `select pid, query from pg_stat_activity where application_name = 'look-up under test' and datname = current_database()`,
  )
  return rows
}

test('reads at once share a connection, each with an answer of its own; one that fails fails alone', async () => {
  const { read, close } = openLookUp(options())
  const answers = await Promise.allSettled([1, 2, 0, 4, 5].map((n) => read(half, [n])))
  assert.deepEqual(
    answers.map((one) => (one.status === 'fulfilled' ? one.value[0]?.half : 'refused')),
    [100, 50, 'refused', 25, 20],
  )
  assert.equal((await connections()).length, 1)
  await close()
  await until(async () => (await connections()).length === 0)
})

test('a lost connection fails what was sent on it, and the next read has another', async () => {
  const { read, close } = openLookUp(options())
  const lost = [read(long, []), read(half, [1])].map((one) =>
    one.then(
      () => null,
      (error: unknown) => error,
    ),
  )
  const [sleeper] = await until(async () => {
    const found = await connections()
    return found.some(({ query }) => query === long.text) && found
  })
  await croft.database.pool.query('select pg_terminate_backend($1)', [sleeper?.pid])
  assert.deepEqual((await Promise.all(lost)).map(isDatabaseUnavailable), [true, true])
  assert.deepEqual(await read(half, [2]), [{ half: 50 }])
  await close()
})

test('a connection that nobody uses is closed, but none that somebody waits for', async () => {
  const { read, close } = openLookUp(options(), 20)
  const pause = statement<{ done: boolean }>('test_pause', 'select true as done from pg_sleep(0.2)')
  assert.deepEqual(await read(pause, []), [{ done: true }])
  await until(async () => (await connections()).length === 0)
  assert.deepEqual(await read(half, [5]), [{ half: 20 }])
  await close()
})

test('a database that cannot be reached refuses each read', async () => {
  const nowhere = { host: croft.dataDir, port: 1, user: 'nobody', database: 'nothing', ssl: false } as const
  const { read, close } = openLookUp(poolOptions(nowhere, 'look-up under test', 1))
  await assert.rejects(read(half, [1]), isDatabaseUnavailable)
  await assert.rejects(read(half, [1]), isDatabaseUnavailable)
  await close()
})
