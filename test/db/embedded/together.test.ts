import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { until } from '../../support/wait.ts'
import { ask, freshDataDir, gone, host, pidOf, start } from './support.ts'

test('processes that start at once on a fresh directory share one server', async (t) => {
  const dataDir = await freshDataDir(t)
  const hosts = [host(dataDir), host(dataDir), host(dataDir)]
  const answers = await Promise.all(hosts.map(({ answer }) => answer))
  assert.deepEqual(
    answers.map(({ error }) => error),
    [undefined, undefined, undefined],
  )
  assert.equal(answers.filter(({ started }) => started).length, 1)
  assert.equal(new Set(answers.map(({ connection }) => connection?.host)).size, 1)
  assert.deepEqual(
    (await readdir(dataDir)).filter((name) => name.startsWith('postgres.new-')),
    [],
  )
})

test('whoever leaves last stops the server, whether it started it or not', async (t) => {
  const dataDir = await freshDataDir(t)
  const first = await start(dataDir)
  const second = await start(dataDir)
  assert.deepEqual([first.started, second.started], [true, false])
  const pid = await pidOf(dataDir)
  assert.ok(pid)
  await first.stop()
  assert.deepEqual(await ask(second.connection, 'select 1 as one'), [{ one: 1 }])
  assert.equal(await pidOf(dataDir), pid)
  await second.stop()
  await gone(pid, dataDir)
})

test('two that stop at once leave no server behind', async (t) => {
  const dataDir = await freshDataDir(t)
  for (let round = 0; round < 3; round += 1) {
    const [first, second] = [await start(dataDir), await start(dataDir)]
    const pid = await pidOf(dataDir)
    assert.ok(pid)
    await Promise.all([first.stop(), second.stop()])
    await gone(pid, dataDir)
  }
})

test('one that comes while another stops gets a server', async (t) => {
  const dataDir = await freshDataDir(t)
  let current = await start(dataDir)
  for (let round = 0; round < 5; round += 1) {
    const [, next] = await Promise.all([current.stop(), start(dataDir)])
    assert.deepEqual(await ask(next.connection, 'select 1 as one'), [{ one: 1 }])
    current = next
  }
})

test('a process that was killed does not count as present', async (t) => {
  const dataDir = await freshDataDir(t)
  const killed = host(dataDir)
  assert.equal((await killed.answer).started, true)
  const pid = await pidOf(dataDir)
  assert.ok(pid)
  await killed.kill()
  const next = await start(dataDir)
  assert.equal(next.started, false)
  assert.equal(await pidOf(dataDir), pid)
  const others = (): Promise<object[]> =>
    ask(next.connection, `select 1 from pg_stat_activity where application_name = 'croft presence' offset 1`)
  await until(async () => (await others()).length === 0, { what: "the end of the killed one's session" })
  await next.stop()
  await gone(pid, dataDir)
})

test('Ctrl-C, a signal to the process group of Croft, does not reach the server', async (t) => {
  const dataDir = await freshDataDir(t)
  const croft = host(dataDir)
  assert.equal((await croft.answer).started, true)
  const pid = await pidOf(dataDir)
  assert.ok(croft.child.pid)
  process.kill(-croft.child.pid, 'SIGINT')
  await once(croft.child, 'exit')
  const next = await start(dataDir)
  assert.deepEqual([next.started, await pidOf(dataDir)], [false, pid])
})
