import assert from 'node:assert/strict'
import { open, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import type { StdioOptions } from 'node:child_process'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { serveProcess, type ServeProcess } from '../support/croft-process.ts'
import { until } from '../support/wait.ts'

let database: TestDatabase
let dataDir: string
before(async () => {
  database = await testDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'croft-log-'))
})
after(async () => {
  await database.close()
  await rm(dataDir, { recursive: true, force: true })
})

const serve = (t: TestContext, stdio: StdioOptions) => serveProcess(t, database, { CROFT_DATA_DIR: dataDir }, stdio)

/** Requests until their long lines fill every buffer on the way to the log. @returns how many lines were dropped */
async function fillLog({ address }: ServeProcess): Promise<number> {
  const path = `/${'long/'.repeat(1_600)}`
  const dropped = async () => {
    await Promise.all(Array.from({ length: 20 }, () => fetch(address + path).then((response) => response.text())))
    const metrics = await fetch(`${address}/metrics`).then((response) => response.text())
    return Number(/^croft_log_lines_dropped_total (\d+)$/m.exec(metrics)?.[1])
  }
  return until(async () => (await dropped()) || null, { timeoutMs: 30_000, what: 'a dropped line in /metrics' })
}

async function stops({ child, ended }: ServeProcess): Promise<void> {
  child.kill('SIGTERM')
  const late = until(() => child.exitCode !== null || child.signalCode !== null, { timeoutMs: 30_000, what: 'the end' })
  await late
  assert.deepEqual(await ended, { code: 0, signal: null })
}

test('a log device without room holds nothing up', { skip: process.platform !== 'linux' }, async (t) => {
  const full = await open('/dev/full', 'w')
  const croft = await serve(t, ['ignore', full.fd, full.fd])
  await full.close()
  await fillLog(croft)
  assert.equal((await fetch(`${croft.address}/healthz`)).status, 200)
  await stops(croft)
})

test('a pipe that nobody reads holds nothing up, and what was dropped is told when it is read again', async (t) => {
  const croft = await serve(t, ['ignore', 'pipe', 'ignore'])
  await fillLog(croft)
  assert.equal((await fetch(`${croft.address}/healthz`)).status, 200)
  let text = ''
  croft.child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part))
  const told = await until(() => /\{[^\n]*"dropped":(\d+)[^\n]*"msg":"log lines were dropped[^\n]*\}\n/.exec(text)?.[1], {
    timeoutMs: 30_000,
    what: 'the line that tells of it',
  })
  assert.ok(Number(told) > 0)
  for (const line of text.trimEnd().split('\n')) assert.doesNotThrow(() => void JSON.parse(line))
  await stops(croft)
})

test('nor does a pipe whose last line nobody takes keep the process', async (t) => {
  const croft = await serve(t, ['ignore', 'pipe', 'ignore'])
  await fillLog(croft)
  await stops(croft)
})

test('a pipe that was closed holds nothing up', async (t) => {
  const croft = await serve(t, ['ignore', 'pipe', 'pipe'])
  croft.child.stdout?.destroy()
  croft.child.stderr?.destroy()
  await fillLog(croft)
  assert.equal((await fetch(`${croft.address}/healthz`)).status, 200)
  await stops(croft)
})
