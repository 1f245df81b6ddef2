import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { makeProfiles } from '../../bench/chaos/load.ts'
import { client } from '../../bench/chaos/client.ts'
import { reachableTemporaryDir } from '../../src/db/embedded/index.ts'
import { findPostmaster } from '../../src/db/embedded/postmaster.ts'
import { startMediaServer } from '../support/media-server.ts'
import { until } from '../support/wait.ts'

const root = join(import.meta.dirname, '../..')

/** A Croft in a process of its own, on the embedded database of a new data directory, which it looks after alone. */
async function startCroft(t: TestContext) {
  const dataDir = await reachableTemporaryDir('croft-lost-')
  const env = {
    ...process.env,
    DATABASE_URL: '',
    CROFT_DATA_DIR: dataDir,
    CROFT_ALLOW_PRIVATE_NETWORK: 'true',
    CROFT_RATE_LIMIT_PER_MINUTE: '0',
    CROFT_WARMUP_RUNS: '0',
    CROFT_WARMUP_MAINTENANCE: '0s',
    CHAOS_LEASE: '3000',
    PORT: '0',
    LOG_LEVEL: 'info',
  }
  const args = ['bin/croft.js', 'keys', 'create', '--team', 'lost', '--create-team']
  const { stdout: printed } = await promisify(execFile)(process.execPath, args, { cwd: root, env })
  const key = printed.trim().split('\n').at(-1) ?? ''
  const child = spawn(process.execPath, ['bench/chaos/process.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGTERM')
    await ended
    await rm(dataDir, { recursive: true, force: true })
  })
  const listening = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const address = /Croft listens on (http:\/\/[\d.]+:\d+)/.exec(line)?.[1]
      if (address !== undefined) resolve(address)
    })
  })
  const address = await Promise.race([listening, ended.then(() => assert.fail('it ended before it listened'))])
  const postmaster = async () => {
    const found = await findPostmaster(join(dataDir, 'postgres'))
    return found.state === 'running' && found.status === 'ready' ? found.pid : null
  }
  return { address, key, postmaster, isAlive: () => child.exitCode === null && child.signalCode === null }
}

test('the database is killed and stopped under load: Croft stays up, answers 503 meanwhile, and goes on', async (t) => {
  const media = await startMediaServer()
  t.after(() => media.stop())
  const croft = await startCroft(t)
  const [profile] = await makeProfiles(client([croft.address], croft.key), 1)
  const statuses = new Map<number, number>()
  const accepted: string[] = []
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { 'x-api-key': croft.key, ...(body ? { 'content-type': 'application/json' } : {}) }
    const response = await fetch(croft.address + path, { method, headers, body: body ? JSON.stringify(body) : null })
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  let over = false
  const load = async (request: () => Promise<unknown>) => {
    while (!over) {
      await request()
      await pause(15)
    }
  }
  const post = {
    profile_id: profile,
    media_type: 'video',
    media_url: media.url('sample.mp4'),
    sound_id: '7100000000000000000',
    title: 'Lost',
    webhook_url: media.url('webhook'),
    is_live: true,
  }
  const sendPost = async () => {
    if (accepted.length >= 12) return
    const answer = await ask('POST', '/v1/posts', post)
    if (answer.status === 202) accepted.push(String(answer.body['task_id']))
  }
  const loads = [
    load(() => ask('GET', '/v1/farm-profiles')),
    load(() => ask('GET', '/v1/events')),
    load(() => ask('PATCH', '/v1/team', { warmup: { runs: 0 } })),
    load(sendPost),
  ]
  const loaded = Promise.all(loads)
  // A request that finds nobody fails here at once, rather than at the end.
  loaded.catch(() => undefined)
  for (const how of ['SIGKILL', 'SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    const lost = await until(croft.postmaster)
    process.kill(lost, how)
    await until(async () => (await croft.postmaster()) !== lost && croft.postmaster(), {
      timeoutMs: 60_000,
      what: 'a new server',
    })
    await until(async () => (await ask('GET', '/v1/team')).status === 200, { timeoutMs: 30_000, what: 'an answer' })
  }
  over = true
  await loaded
  assert.ok(croft.isAlive())
  for (const status of statuses.keys()) assert.ok([200, 202, 503].includes(status), `${status} came`)
  assert.ok((statuses.get(503) ?? 0) > 0, 'the database was away for some requests')
  while (accepted.length === 0) await sendPost()
  const settled = async () => {
    const read = await Promise.all(accepted.map((id) => ask('GET', `/v1/posts/${id}`)))
    return read.every(({ body }) => body['status'] === 'published')
  }
  await until(settled, { timeoutMs: 60_000, what: 'the publishing of every accepted post' })
})
