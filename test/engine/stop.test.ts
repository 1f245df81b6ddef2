import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import type { Connection } from '../../src/db/connect.ts'
import { testCroft } from '../support/croft.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { accept, onPlatform, postNow, prepare } from '../support/posts.ts'
import { readyProfile } from '../support/ready-profile.ts'
import { gate } from '../support/test-driver.ts'
import { until } from '../support/wait.ts'

let media: MediaServer
before(async () => {
  media = await startMediaServer()
})
after(() => media.stop())

/** Has the media server hold its next answer back until it is let go, and then give the file. */
function heldBack() {
  const [asked, released] = [gate(), gate()]
  media.instead.push((request, response) => {
    asked.open()
    void released.passed.then(() => response.writeHead(302, { location: request.url ?? '/' }).end())
  })
  return { asked: asked.passed, release: released.open }
}

const urlOf = (connection: Connection): string => {
  if ('url' in connection) return connection.url
  const { host, port, user, database } = connection
  return `postgres://${user}@localhost/${database}?host=${encodeURIComponent(host)}&port=${port}`
}

test('a Croft that was stopped leaves nothing open, and its process ends by itself', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const script = fileURLToPath(new URL('../support/start-and-stop.ts', import.meta.url))
  const { database, dataDir } = server
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, [script, JSON.stringify(database.connection), dataDir], { timeout: 30_000 })
  const open = (JSON.parse(stdout) as string[]).filter((name) => name !== 'PipeWrap' && name !== 'TTYWrap')
  assert.deepEqual(open, [])
})

test('a stop gives back what it could not wait for, and the next worker need not wait for a lease', async (t) => {
  const server = await testCroft()
  t.after(() => server.stop())
  const settings = { CROFT_DATA_DIR: server.dataDir }
  const next = await testCroft({ work: false, settings, substitutes: { connection: server.database.connection } })
  t.after(() => next.stop())
  const { ctx, team } = server
  const profile = await readyProfile(ctx, team)
  const held = heldBack()
  const post = await accept(team, profile, { mediaUrl: media.url('sample.mp4') })
  await held.asked
  await server.croft.stop(100)
  held.release()
  const left = await postNow(next.ctx, post)
  assert.deepEqual([left.status, left.prepare_lease], ['preparing', null])
  await prepare(next.ctx, post)
  assert.equal((await postNow(next.ctx, post)).status, 'queued')
})

test('croft serve ends well on SIGTERM: what runs is given time, and another process finds the rest', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team, database, dataDir } = server
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
  const env = {
    ...process.env,
    PORT: '0',
    LOG_LEVEL: 'info',
    DATABASE_URL: urlOf(database.connection),
    CROFT_DATA_DIR: dataDir,
    CROFT_ALLOW_PRIVATE_NETWORK: 'true',
  }
  const serve = async () => {
    const child = spawn(process.execPath, [main, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (part: Buffer) => void (said += part.toString()))
    t.after(() => void child.kill('SIGKILL'))
    await until(() => said.includes('Croft listens on'), { timeoutMs: 30_000, what: 'the start' })
    return child
  }
  const first = await serve()
  const profile = await readyProfile(ctx, team)
  const held = heldBack()
  const post = await accept(team, profile, { mediaUrl: media.url('sample.mp4') })
  await held.asked
  const ended = once(first, 'exit')
  first.kill('SIGTERM')
  held.release()
  assert.deepEqual(await ended, [0, null])
  assert.notEqual((await postNow(ctx, post)).status, 'failed')
  await serve()
  await until(async () => (await postNow(ctx, post)).status === 'published', { timeoutMs: 30_000, what: 'the post' })
  assert.equal((await onPlatform(ctx, post)).length, 1)
})

test('a Croft that cannot open says why and leaves nothing open, so that its process ends', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const script = fileURLToPath(new URL('../support/start-and-stop.ts', import.meta.url))
  const elsewhere = await mkdtemp(join(tmpdir(), 'croft-test-other-key-'))
  t.after(() => rm(elsewhere, { recursive: true }))
  const args = [script, JSON.stringify(server.database.connection), elsewhere]
  await assert.rejects(promisify(execFile)(process.execPath, args, { timeout: 30_000 }), (error: unknown) => {
    const { code, killed, stderr } = error as { code: number; killed: boolean; stderr: string }
    assert.deepEqual([code, killed], [1, false])
    assert.match(stderr, /sealed with another key/)
    return true
  })
})
