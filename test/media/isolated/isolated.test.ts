import assert from 'node:assert/strict'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import sharp from 'sharp'
import { createIsolation, fetchPicture } from '../../../src/media/index.ts'
import { pictureLimits } from '../../../src/media/isolated/limits.ts'
import { TooCostlyError } from '../../../src/media/isolated/pool.ts'
import { Turns } from '../../../src/media/isolated/turns.ts'
import { picture } from '../pictures.ts'
import { claimingTimes } from '../video/hostile.ts'
import { codes, context, folder, samplePath, serveFile } from '../support.ts'

function pool(t: TestContext) {
  const isolation = createIsolation()
  t.after(() => isolation.close())
  return isolation
}

async function sampleOrder() {
  const { size } = await stat(samplePath)
  return { path: samplePath, size, parts: [{ start: 0, length: size }] }
}

test('a job beyond its memory or its time ends its process, and the next job has another', async (t) => {
  const isolation = pool(t)
  const order = await sampleOrder()
  const path = join(await folder(t), 'index')
  const bytes = await claimingTimes(3_000_000)
  await writeFile(path, bytes)
  const costly = { path, size: bytes.byteLength, parts: [{ start: 0, length: bytes.byteLength }] }
  for (const limits of [
    { ...pictureLimits, bytes: 1 },
    { ...pictureLimits, cpuMs: 0 },
  ])
    await assert.rejects(isolation.run('a', 'tracks', costly, limits), TooCostlyError)
  const { tracks } = await isolation.run('a', 'tracks', order, pictureLimits)
  assert.equal(tracks?.duration_s, 6)
})

test('an abort ends the job, and is no fault of the file; so is a stop', async (t) => {
  const isolation = pool(t)
  const order = await sampleOrder()
  const reason = new Error('no longer wanted')
  await assert.rejects(isolation.run('a', 'tracks', order, pictureLimits, AbortSignal.abort(reason)), reason)
  const running = assert.rejects(isolation.run('a', 'tracks', order, pictureLimits), /is stopping|did not start/)
  await isolation.close()
  await running
  assert.deepEqual(isolation.pids(), [])
})

test("a job's fault is its own: the process goes on", async (t) => {
  const isolation = pool(t)
  await assert.rejects(isolation.run('a', 'header', { path: '/nowhere' }, pictureLimits), /ENOENT/)
  const path = join(await folder(t), 'picture')
  await writeFile(path, await picture('png', 20, 10))
  const [pid] = isolation.pids()
  assert.deepEqual(await isolation.run('a', 'header', { path }, pictureLimits), {
    format: 'png',
    width: 20,
    height: 10,
    upright: true,
  })
  assert.deepEqual(isolation.pids(), [pid])
})

test('no team has every place, and teams with equally many take turns', async () => {
  const turns = new Turns(2)
  const order: string[] = []
  const releases: (() => void)[] = []
  const ask = (owner: string) =>
    turns.take(owner).then((release) => {
      order.push(owner)
      releases.push(release)
    })
  const asked = ['a', 'a', 'a', 'b', 'b', 'c'].map(ask)
  await Promise.all([asked[0], asked[3]])
  assert.deepEqual(order, ['a', 'b'])
  while (order.length < 6) {
    releases.shift()?.()
    await new Promise(setImmediate)
  }
  await Promise.all(asked)
  assert.deepEqual(order, ['a', 'b', 'c', 'a', 'b', 'a'])
})

test('who waits no longer takes no place', async () => {
  const turns = new Turns(1)
  const release = await turns.take('a')
  const waiting = new AbortController()
  const given = turns.take('b', waiting.signal)
  waiting.abort(new Error('gone'))
  await assert.rejects(given, /gone/)
  release()
  release()
  ;(await turns.take('c'))()
})

test('a picture of a kilobyte that decodes to half a gigabyte is refused', async (t) => {
  const bomb = await sharp({ create: { width: 4_700, height: 4_700, channels: 3, background: '#888' } })
    .avif({ effort: 0 })
    .toBuffer()
  const { url } = await serveFile(t, bomb)
  const result = await fetchPicture(await context(t), { source: { url }, requireSquare: true })
  assert.deepEqual(result.ok ? [] : codes(result.problems), ['picture_too_large'])
})
