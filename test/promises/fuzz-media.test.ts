import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { setTimeout as interval } from 'node:timers/promises'
import { seeded } from '../../bench/chaos/random.ts'
import { samplePath } from '../media/support.ts'
import { testCroft, testTeam, type TestCroft, type TestTeam } from '../support/croft.ts'
import { accept, postNow } from '../support/posts.ts'
import { readyProfile } from '../support/ready-profile.ts'
import { until } from '../support/wait.ts'
import { hostileFile, type HostileFile } from './support/hostile-media.ts'
import { residentBytes, startFlags } from './support/memory.ts'

// `npm run fuzz` gives 2,000 files; FUZZ_SEED repeats a run.
const count = Number(process.env['FUZZ_MEDIA'] ?? 24)
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(1_000_000))
const atOnce = 8
/** Of the server with the processes that it starts. */
const mostBytes = 400_000_000

let croft: TestCroft
let server: ChildProcess
let address: string
/** What is served, by path. */
const files = new Map<string, Buffer>()
const media = createServer((request, response) => {
  const bytes = files.get(request.url ?? '') ?? Buffer.alloc(0)
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  // Every second file by ranges, as a store serves it; the others as a plain server does.
  if (!range || !request.url?.endsWith('r')) return void response.end(bytes)
  const [start, end] = [Number(range[1]), Math.min(Number(range[2]) + 1, bytes.byteLength)]
  response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${bytes.byteLength}` }).end(bytes.subarray(start, end))
})
const served = (path: string): string => `http://127.0.0.1:${(media.address() as AddressInfo).port}${path}`

before(async () => {
  await once(media.listen(0, '127.0.0.1'), 'listening')
  files.set('/sample', await readFile(samplePath))
  croft = await testCroft({ work: false })
  const script = new URL('./support/served-croft.ts', import.meta.url)
  server = fork(script, [JSON.stringify(croft.database.connection), croft.dataDir], { execArgv: await startFlags() })
  ;[address] = (await once(server, 'message')) as [string]
})
after(async () => {
  const ended = once(server, 'exit')
  server.disconnect()
  await ended
  media.closeAllConnections()
  media.close()
  await croft.stop()
})

async function ask(team: TestTeam, method: string, path: string, body: object, headers = {}): Promise<number> {
  const response = await fetch(address + path, {
    method,
    headers: { 'x-api-key': team.key, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  await response.text()
  return response.status
}

/** Gives a file to the route that reads its kind. */
async function give(team: TestTeam, profile: string, file: HostileFile, n: number): Promise<void> {
  const path = `/${n}${n % 2 === 0 ? 'r' : ''}`
  files.set(path, file.bytes)
  const status =
    file.kind === 'picture'
      ? await ask(team, 'PATCH', `/v1/farm-profiles/${profile}`, { profile_picture_url: served(path) }, { 'x-dry-run': 'true' })
      : await ask(team, 'POST', '/v1/media/inspect', { media_url: served(path), media_type: file.kind })
  files.delete(path)
  assert.ok(status === 200 || status === 422, `${status} for file ${n}, ${file.made}, of seed ${seed}`)
}

test(`hostile media harm neither the server nor another team (${count} files, seed ${seed})`, async (t) => {
  const random = seeded(seed)
  const hostile = await testTeam(croft.ctx, 'hostile')
  const profile = await readyProfile(croft.ctx, hostile)
  const watching = new AbortController()
  const most = { own: 0, all: 0 }
  const watch = async () => {
    while (!watching.signal.aborted) {
      const { own, all } = await residentBytes(server.pid ?? 0)
      most.own = Math.max(most.own, own)
      most.all = Math.max(most.all, all)
      await interval(50)
    }
  }
  const watched = watch()
  const good = await testTeam(croft.ctx, 'good')
  for (let n = 0; n < count; n += atOnce) {
    // A new post of the other team in every tenth round, published before the round after it.
    const post =
      n % (10 * atOnce) === 0 ? await accept(good, await readyProfile(croft.ctx, good), { mediaUrl: served('/sample') }) : null
    const round: HostileFile[] = []
    for (let more = 0; more < Math.min(atOnce, count - n); more += 1) round.push(await hostileFile(random))
    await Promise.all(round.map((file, more) => give(hostile, profile.id, file, n + more)))
    if (post)
      await until(async () => (await postNow(croft.ctx, post)).status === 'published', {
        what: 'the post of another team',
        timeoutMs: 60_000,
      })
  }
  watching.abort()
  await watched
  assert.equal(server.exitCode ?? server.signalCode, null, 'the server lives')
  const told = `the server at most ${Math.round(most.own / 1e6)} MB, with the processes that it started ${Math.round(most.all / 1e6)} MB`
  t.diagnostic(told)
  assert.ok(most.all < mostBytes, told)
})
