import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { findPostmaster, removeStale } from '../../../src/db/embedded/postmaster.ts'
import { until } from '../../support/wait.ts'
import { ask, freshDataDir, host, ordinaryUser, pidOf, start } from './support.ts'

/** A process of the database's user that is no database. */
async function bystander(t: TestContext): Promise<number> {
  const child = spawn('sleep', ['600'], { ...(await ordinaryUser())?.as, cwd: '/', stdio: 'ignore' })
  await once(child, 'spawn')
  t.after(() => child.kill('SIGKILL'))
  assert.ok(child.pid)
  return child.pid
}

async function stopped(t: TestContext): Promise<string> {
  const dataDir = await freshDataDir(t)
  await (await start(dataDir)).stop()
  return dataDir
}

test('a postmaster that was killed while a back end works is started anew when that has ended', async (t) => {
  const dataDir = await freshDataDir(t)
  const croft = host(dataDir)
  const { connection } = await croft.answer
  assert.ok(connection)
  await ask(connection, 'create table kept as select 7 as value')
  // Such a loop does not notice that its postmaster died, and holds on to the shared memory.
  const loop = "do $$ begin while clock_timestamp() < now() + interval '1.5 s' loop end loop; end $$"
  const busy = ask(connection, loop).catch(() => 'cut')
  const looping = `select 1 from pg_stat_activity where state = 'active' and query like 'do %'`
  await until(async () => (await ask(connection, looping)).length === 1)
  const pid = await pidOf(dataDir)
  assert.ok(pid)
  await croft.kill()
  process.kill(pid, 'SIGKILL')
  const next = await start(dataDir)
  assert.equal(next.started, true)
  assert.deepEqual(await ask(next.connection, 'select value from kept'), [{ value: 7 }])
  assert.match(await readFile(join(dataDir, 'postgres.log'), 'utf8'), /shared memory block .* is still in use/)
  await busy
})

test('a pid file that names a living stranger is stale, and the stranger lives on', async (t) => {
  const dataDir = await stopped(t)
  const stranger = await bystander(t)
  const cluster = join(dataDir, 'postgres')
  const text = `${stranger}\n${cluster}\n1700000000\n5432\n/tmp/nowhere\n\n  12345 67890\nready   \n`
  await writeFile(join(cluster, 'postmaster.pid'), text)
  const database = await start(dataDir)
  assert.equal(database.started, true)
  assert.ok(database.logged.some((line) => line.includes('pid file')))
  await database.stop()
  assert.doesNotThrow(() => process.kill(stranger, 0))
})

test('an empty pid file, left by a crash, does not keep the database down', async (t) => {
  const dataDir = await stopped(t)
  await writeFile(join(dataDir, 'postgres/postmaster.pid'), '')
  assert.equal((await start(dataDir)).started, true)
})

test("a server's own pid file is put back when it appeared after the look", async (t) => {
  const dataDir = await freshDataDir(t)
  const database = await start(dataDir)
  const cluster = join(dataDir, 'postgres')
  await removeStale(cluster, 'what was there before')
  assert.equal((await findPostmaster(cluster)).state, 'running')
  assert.deepEqual(
    (await readdir(cluster)).filter((name) => name.includes('stale')),
    [],
  )
  assert.deepEqual(await ask(database.connection, 'select 1 as one'), [{ one: 1 }])
})

test('a crash amid initdb leaves nothing that is taken for a database', async (t) => {
  const dataDir = await freshDataDir(t)
  const croft = host(dataDir)
  await until(async () => (await readdir(dataDir)).some((name) => name.startsWith('postgres.new-')))
  await croft.kill()
  await assert.rejects(stat(join(dataDir, 'postgres')), { code: 'ENOENT' })
  const first = await start(dataDir)
  assert.equal(first.started, true)
  await first.stop()
  // A dead starter's initdb may still have been writing; the next start sweeps what it left.
  await mkdir(join(dataDir, 'postgres.new-dead/base'), { recursive: true })
  await start(dataDir)
  await assert.rejects(stat(join(dataDir, 'postgres.new-dead')), { code: 'ENOENT' })
})

test('a server that dies under a running Croft is started again', async (t) => {
  const dataDir = await freshDataDir(t)
  const database = await start(dataDir)
  const pid = await pidOf(dataDir)
  assert.ok(pid)
  process.kill(pid, 'SIGKILL')
  await until(
    () =>
      ask(database.connection, 'select 1 as one').then(
        () => true,
        () => false,
      ),
    { what: 'a new server' },
  )
  assert.notEqual(await pidOf(dataDir), pid)
})

test('a database removed from the disk is not made anew under a running Croft', async (t) => {
  const dataDir = await freshDataDir(t)
  const database = await start(dataDir)
  const pid = await pidOf(dataDir)
  assert.ok(pid)
  process.kill(pid, 'SIGSTOP')
  await rm(join(dataDir, 'postgres'), { recursive: true })
  process.kill(pid, 'SIGKILL')
  await until(() => database.logged.includes('the embedded database was removed from the disk'))
  await assert.rejects(stat(join(dataDir, 'postgres')), { code: 'ENOENT' })
})

test('postgres.log is bounded at each start', async (t) => {
  const dataDir = await stopped(t)
  await truncate(join(dataDir, 'postgres.log'), 2 * 1024 * 1024)
  await start(dataDir)
  assert.ok((await stat(join(dataDir, 'postgres.log'))).size < 10_000)
  assert.equal((await stat(join(dataDir, 'postgres.log.1'))).size, 2 * 1024 * 1024)
})
