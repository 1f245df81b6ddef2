import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ask, freshDataDir, gone, pidOf, start } from './support.ts'

test('a fresh directory becomes a database with the settings Croft relies on, and a stop ends its server', async (t) => {
  const dataDir = await freshDataDir(t)
  const database = await start(dataDir)
  assert.equal(database.started, true)
  const names = [
    'listen_addresses',
    'fsync',
    'TimeZone',
    'max_connections',
    'shared_buffers',
    'max_logical_replication_workers',
    'io_workers',
    'server_encoding',
    'unix_socket_directories',
  ]
  const settings = await ask<{ name: string; value: string }>(
    database.connection,
    `select name, current_setting(name) as value from unnest('{${names.join(',')}}'::text[]) as name`,
  )
  assert.deepEqual(Object.fromEntries(settings.map(({ name, value }) => [name, value])), {
    listen_addresses: '',
    fsync: 'on',
    TimeZone: 'UTC',
    max_connections: '200',
    shared_buffers: '128MB',
    max_logical_replication_workers: '0',
    io_workers: '1',
    server_encoding: 'UTF8',
    unix_socket_directories: `"${database.connection.host}"`,
  })
  const about = await ask(
    database.connection,
    `select current_user as user, current_database() as name, datcollate from pg_database where datname = current_database()`,
  )
  assert.deepEqual(about, [{ user: 'croft', name: 'croft', datcollate: 'C' }])
  const socketDir = await stat(database.connection.host)
  const cluster = await stat(join(dataDir, 'postgres'))
  assert.equal(socketDir.mode & 0o777, 0o700)
  assert.equal(cluster.mode & 0o777, 0o700)
  assert.equal(socketDir.uid, cluster.uid)
  assert.ok(`${database.connection.host}/.s.PGSQL.5432`.length <= 107)

  const pid = await pidOf(dataDir)
  assert.ok(pid)
  await database.stop()
  await gone(pid, dataDir)
  await assert.rejects(stat(database.connection.host), { code: 'ENOENT' })
})

test('what was written is there at the next start', async (t) => {
  const dataDir = await freshDataDir(t)
  const first = await start(dataDir)
  await ask(first.connection, 'create table kept as select 42 as value')
  await first.stop()
  const second = await start(dataDir)
  assert.equal(second.started, true)
  assert.deepEqual(await ask(second.connection, 'select value from kept'), [{ value: 42 }])
})

test('a database croft that was dropped is made again', async (t) => {
  const dataDir = await freshDataDir(t)
  const first = await start(dataDir)
  await ask({ ...first.connection, database: 'postgres' }, 'drop database croft with (force)')
  const second = await start(dataDir)
  assert.equal(second.started, false)
  assert.deepEqual(await ask(second.connection, 'select current_database() as name'), [{ name: 'croft' }])
})

test('tells when it only waits for Postgres: while a database is created, and while its server starts', async (t) => {
  const dataDir = await freshDataDir(t)
  let waits = 0
  const waiting = () => void (waits += 1)
  await start(dataDir, true, waiting)
  assert.equal(waits, 2)
  await start(dataDir, true, waiting)
  assert.equal(waits, 2, 'its server runs already')
})
