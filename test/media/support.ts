import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ZipFile, type Options } from 'yazl'
import { createGuard } from '../../src/net/index.ts'
import { createIsolation, defaultLimits, openStore, type IngestContext, type MediaLimits } from '../../src/media/index.ts'
import { serve } from '../net/servers.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
export const samplePath = join(root, 'examples/sample.mp4')
export const sampleSlidesPath = join(root, 'examples/sample-slides.zip')
export const fixturePath = (name: string): string => join(root, 'test/fixtures/media', name)
export const fixture = (name: string): Promise<Buffer> => readFile(fixturePath(name))

/** An empty folder, removed with the test. */
export async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'croft-media-test-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** One for all tests of a file; it keeps no process alive, and ends with it. */
export const isolation = createIsolation()

/** All that `ingest` needs, on loopback and in folders of its own; no temporary file may be left at the test's end. */
export async function context(t: TestContext, limits: Partial<MediaLimits> = {}): Promise<IngestContext & { dir: string }> {
  const dir = await folder(t)
  const guard = createGuard({ allowPrivateNetwork: true })
  const store = await openStore({ kind: 'local', dir: join(dir, 'store'), minFreeBytes: 0 })
  const temporaryDir = join(dir, 'temporary')
  t.after(async () => {
    await guard.close()
    for (const place of [temporaryDir, join(dir, 'store/temporary')])
      assert.deepEqual(await readdir(place).catch(() => []), [], place)
    await rm(dir, { recursive: true, force: true })
  })
  return { guard, store, isolation, owner: 'a team', limits: { ...defaultLimits, ...limits }, temporaryDir, dir }
}

/** How many files a local store in `dir` holds. */
export async function stored(dir: string): Promise<number> {
  const names = await readdir(join(dir, 'store'), { recursive: true })
  return names.filter((name) => /^..\/[0-9a-f]{62}$/.test(name)).length
}

export interface Sent {
  /** Origin and path of the file. */
  url: string
  requests: number
  /** Bytes of bodies given to the socket. */
  bytes: number
}

export interface Bytes {
  size: number
  stream: (start: number, end: number) => Readable
}

const ofBuffer = (bytes: Buffer): Bytes => ({
  size: bytes.byteLength,
  stream: (start, end) => Readable.from([bytes.subarray(start, end)]),
})

type Answer = (request: IncomingMessage, response: ServerResponse, range: { start: number; end: number } | null) => boolean

/** Serves one file with ranges; `twist` answers in place of it where it returns true. */
export async function serveFile(t: TestContext, file: Buffer | Bytes, twist: Answer = () => false): Promise<Sent> {
  const { size, stream } = Buffer.isBuffer(file) ? ofBuffer(file) : file
  const sent: Sent = { url: '', requests: 0, bytes: 0 }
  sent.url = `${await serve(t, (request, response) => {
    sent.requests++
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
    const range = match && { start: Number(match[1]), end: Math.min(Number(match[2]) + 1, size) }
    if (twist(request, response, range)) return
    const { start, end } = range ?? { start: 0, end: size }
    const headers = { 'content-length': end - start, ...(range && { 'content-range': `bytes ${start}-${end - 1}/${size}` }) }
    response.writeHead(range ? 206 : 200, headers)
    const body = stream(start, end)
    body.on('data', (chunk: Buffer) => (sent.bytes += chunk.byteLength))
    pipeline(body, response, () => undefined)
  })}/media?signature=secret`
  return sent
}

/** Answers without regard to ranges, as plain servers do. */
export const withoutRanges =
  (bytes: Buffer): Answer =>
  (_request, response) => {
    response.end(bytes)
    return true
  }

/** A zip of the given entries, in order. */
export function zip(entries: Record<string, Buffer | Readable>, options: Partial<Options> = {}): Promise<Buffer> {
  const file = new ZipFile()
  for (const [name, bytes] of Object.entries(entries)) {
    if (Buffer.isBuffer(bytes)) file.addBuffer(bytes, name, options)
    else file.addReadStream(bytes, name, options)
  }
  file.end()
  return buffer(file.outputStream)
}

export const codes = (problems: readonly { code: string }[]): string[] => problems.map(({ code }) => code)
export const readAll = async (path: string): Promise<Buffer> => buffer(createReadStream(path))
