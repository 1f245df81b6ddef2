import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { ingest, openStore, StorageFullError } from '../../../src/media/index.ts'
import { context, folder, samplePath, serveFile, stored, zip } from '../support.ts'

const MiB = 1024 * 1024

/** So much that about `leave` bytes can be written before the reserve is reached. */
async function reserveIn(dir: string, leave: number): Promise<number> {
  const { bavail, bsize } = await statfs(dir)
  return bavail * bsize - leave
}

async function* endless(first: Uint8Array): AsyncGenerator<Uint8Array> {
  yield first
  for (;;) {
    yield new Uint8Array(64 * 1024)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a download without an announced length ends at the reserve of the disk, and leaves nothing', async (t) => {
  const croft = await context(t)
  const limits = { ...croft.limits, reserveBytes: await reserveIn(croft.dir, 8 * MiB) }
  const video = await readFile(samplePath)
  let sent = 0
  const body = Readable.from(endless(video))
  const { url } = await serveFile(t, video, (_request, response) => {
    body.on('data', (chunk: Uint8Array) => (sent += chunk.byteLength))
    pipeline(body, response, () => undefined)
    return true
  })
  await assert.rejects(ingest({ ...croft, limits }, { source: { url }, media_type: 'video' }), StorageFullError)
  assert.ok(sent < limits.videoBytes, `${sent} bytes were taken`)
  assert.equal(await stored(croft.dir), 0)
})

test('an upload ends at the reserve of the disk while it is written, and leaves nothing', async (t) => {
  const dir = await folder(t)
  const store = await openStore({ kind: 'local', dir, minFreeBytes: await reserveIn(dir, 8 * MiB) })
  t.after(() => store.close())
  await assert.rejects(store.put(endless(new Uint8Array(MiB)), { maxBytes: 2048 * MiB }), StorageFullError)
  assert.equal(await store.clean(0), 0)
})

test('a write, an encoding or an unpacking that the system refuses for want of room is a StorageFullError', async (t) => {
  const dir = await folder(t)
  const noise = { width: 600, height: 600, channels: 3 } as const
  const picture = await sharp(randomBytes(600 * 600 * 3), { raw: noise })
    .png()
    .toBuffer()
  await writeFile(join(dir, 'picture.png'), picture)
  await writeFile(join(dir, 'slides.zip'), await zip({ 'slide-1.png': picture }, { compress: false }))
  const script = fileURLToPath(new URL('no-room.ts', import.meta.url))
  // The system's limit of a file's size stands for a full disk: it needs no mount, and the same calls are refused.
  const limited = ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, script, dir, dir]
  const { stdout } = await promisify(execFile)('bash', limited)
  const full = 'StorageFullError'
  assert.deepEqual(JSON.parse(stdout), { put: full, picture: full, slideshow: full, left: [] })
})
