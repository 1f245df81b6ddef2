import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { buffer } from 'node:stream/consumers'
import { ingest, inspectOnly, StorageFullError } from '../../src/media/index.ts'
import { serve } from '../net/servers.ts'
import { codes, context, fixture, samplePath, serveFile, stored, withoutRanges } from './support.ts'
import { hugeVideo } from './video/surgery.ts'

const video = (url: string) => ({ source: { url }, media_type: 'video' as const })
const MiB = 1024 * 1024

test('a good video is stored once, by its hash', async (t) => {
  const croft = await context(t)
  const bytes = await readFile(samplePath)
  const { url } = await serveFile(t, bytes)
  const first = await ingest(croft, video(url))
  assert.ok(first.ok)
  const hash = createHash('sha256').update(bytes).digest('hex')
  assert.deepEqual(first.media.files, [{ hash, size: bytes.byteLength, content_type: 'video/mp4' }])
  assert.deepEqual([first.media.duration_s, first.media.codec, first.warnings], [6, 'h264', []])
  assert.deepEqual(await buffer(await croft.store.open(hash)), bytes)
  assert.deepEqual(await ingest(croft, video(url)), first)
  assert.equal(await stored(croft.dir), 1)
  assert.deepEqual(await ingest(croft, { source: { hash }, media_type: 'video' }), first)
})

test('inspecting keeps nothing, and finds the same', async (t) => {
  const croft = await context(t)
  const { url } = await serveFile(t, await fixture('landscape.mp4'))
  const found = await inspectOnly(croft, video(url))
  assert.deepEqual([found.ok, found.info?.width, codes(found.warnings)], [true, 160, ['media_aspect_ratio']])
  assert.equal(await stored(croft.dir), 0)
})

test('a huge video is inspected by a few ranges and stored with flat memory', async (t) => {
  const croft = await context(t)
  const size = 256 * MiB
  const sent = await serveFile(t, await hugeVideo(size))
  assert.ok((await inspectOnly(croft, video(sent.url))).ok)
  assert.ok(sent.bytes < size / 100, `${sent.bytes} bytes read`)
  const before = process.memoryUsage.rss()
  const result = await ingest(croft, video(sent.url))
  const grown = process.memoryUsage.rss() - before
  assert.ok(result.ok)
  assert.equal(result.media.size, size)
  assert.ok(grown < 100 * MiB, `grew by ${grown} bytes`)
})

test('a video that is refused is never downloaded', async (t) => {
  const croft = await context(t, { videoSeconds: 1, videoBytes: 200 * MiB })
  const sent = await serveFile(t, await hugeVideo(256 * MiB))
  const result = await ingest(croft, video(sent.url))
  assert.ok(!result.ok)
  assert.deepEqual([codes(result.problems), result.retryable], [['media_too_large', 'media_too_long'], false])
  assert.ok(sent.bytes < MiB, `${sent.bytes} bytes read`)
})

test('without ranges the file is downloaded once and inspected from disk', async (t) => {
  const croft = await context(t)
  const good = await fixture('moov-last.mp4')
  const sent = await serveFile(t, good, withoutRanges(good))
  assert.ok((await ingest(croft, video(sent.url))).ok)
  assert.equal(sent.requests, 1)
  const bad = await fixture('hevc.mp4')
  const result = await ingest(croft, video((await serveFile(t, bad, withoutRanges(bad))).url))
  assert.ok(!result.ok)
  assert.deepEqual(codes(result.problems), ['media_codec_unsupported'])
  assert.equal(await stored(croft.dir), 1)
})

test('a server that lies about ranges is read whole instead', async (t) => {
  const croft = await context(t)
  const bytes = await readFile(samplePath)
  const total = bytes.byteLength
  const lies: [string, number, (start: number) => string][] = [
    ['another start', 1000, () => `bytes 7-1006/${total}`],
    ['another size each time', 65536, (start) => `bytes ${start}-${start + 65535}/${total + start}`],
    ['fewer bytes than announced', 100, (start) => `bytes ${start}-${start + 65535}/${total}`],
    ['no size', 65536, (start) => `bytes ${start}-${start + 65535}/*`],
    ['no header', 65536, () => ''],
  ]
  for (const [name, length, contentRange] of lies) {
    const { url } = await serveFile(t, bytes, (_request, response, range) => {
      if (range === null) return false
      response
        .writeHead(206, { 'content-range': contentRange(range.start) })
        .end(bytes.subarray(range.start, range.start + length))
      return true
    })
    const result = await ingest(croft, video(url))
    assert.ok(result.ok, `${name}: ${JSON.stringify(result)}`)
  }
})

test('an empty file behind ranges is called empty', async (t) => {
  const croft = await context(t)
  const { url } = await serveFile(t, Buffer.alloc(0), (_request, response, range) => {
    response.writeHead(range ? 416 : 200, range ? { 'content-range': 'bytes */0' } : {}).end()
    return true
  })
  const result = await ingest(croft, video(url))
  assert.match(result.ok ? '' : (result.problems[0]?.message ?? ''), /the file is empty, not an MP4/)
})

test('a server that shows one file by ranges and sends another gains nothing', async (t) => {
  const croft = await context(t)
  const hevc = await fixture('hevc.mp4')
  const { url } = await serveFile(t, await readFile(samplePath), (_request, response, range) => {
    if (range === null) response.end(hevc)
    return range === null
  })
  const result = await ingest(croft, video(url))
  assert.ok(!result.ok)
  assert.deepEqual(codes(result.problems), ['media_codec_unsupported'])
  assert.equal(await stored(croft.dir), 0)
})

test('what a server answers instead is told, and whether to try again', async (t) => {
  const croft = await context(t)
  const refusal = async (status: number) => {
    const origin = await serve(t, (_request, response) => response.writeHead(status).end('<html>'))
    return ingest(croft, video(`${origin}/a?signature=secret`))
  }
  assert.deepEqual(await refusal(404), {
    ok: false,
    problems: [{ code: 'media_unreachable', message: 'the server answered 404' }],
    retryable: false,
  })
  for (const [status, retryable] of [
    [403, false],
    [410, false],
    [429, true],
    [500, true],
    [503, true],
  ] as const) {
    const result = await refusal(status)
    assert.deepEqual([result.ok, !result.ok && result.retryable], [false, retryable], String(status))
  }
})

test('an HTML page is refused by its first bytes', async (t) => {
  const croft = await context(t)
  const endless = await serveFile(t, Buffer.alloc(0), (_request, response) => {
    response.writeHead(200, { 'content-type': 'video/mp4' })
    const timer = setInterval(() => response.write(`<!DOCTYPE html><html>${' '.repeat(2000)}`), 5)
    response.on('close', () => clearInterval(timer))
    return true
  })
  const result = await ingest(croft, video(endless.url))
  assert.ok(!result.ok)
  assert.match(result.problems[0]?.message ?? '', /an HTML page, not an MP4 video/)
})

test('a download that is too large, breaks off or is slow is a problem', async (t) => {
  const bytes = await readFile(samplePath)
  const fault = async (limits: Parameters<typeof context>[1], twist: Parameters<typeof serveFile>[2]) => {
    const croft = await context(t, limits)
    const result = await ingest(croft, video((await serveFile(t, bytes, twist)).url))
    assert.ok(!result.ok)
    assert.equal(await stored(croft.dir), 0)
    return [...codes(result.problems), result.retryable]
  }
  assert.deepEqual(await fault({ videoBytes: 1000 }, withoutRanges(bytes)), ['media_too_large', false])
  const broken = await fault({}, (request, response) => {
    response.writeHead(200, { 'content-length': bytes.byteLength })
    response.write(bytes.subarray(0, 50_000), () => request.socket.destroy())
    return true
  })
  assert.deepEqual(broken, ['media_truncated', true])
  assert.deepEqual(await fault({ firstByteMs: 100 }, () => true), ['media_timeout', true])
  const stalls = await fault({ totalMs: 300 }, (_request, response) => {
    response.writeHead(200).write(bytes.subarray(0, 50_000))
    return true
  })
  assert.deepEqual(stalls, ['media_timeout', true])
})

test('a server that drips is given up long before the time limit, and may be asked again', async (t) => {
  const croft = await context(t, { slowBytes: 1_000_000, slowMs: 200 })
  const bytes = await readFile(samplePath)
  const sent = await serveFile(t, bytes, (_request, response) => {
    response.writeHead(200, { 'content-length': 1e9 }).write(bytes.subarray(0, 50_000))
    const timer = setInterval(() => response.write('x'), 20)
    response.on('close', () => clearInterval(timer))
    return true
  })
  const result = await ingest(croft, video(sent.url))
  assert.ok(!result.ok)
  assert.deepEqual([...codes(result.problems), result.retryable], ['media_too_slow', true])
  assert.match(result.problems[0]?.message ?? '', /^the server sent \d+ bytes in/)
  assert.equal(await stored(croft.dir), 0)
})

test('chunked and larger than allowed stops at the limit', async (t) => {
  const croft = await context(t, { videoBytes: 100_000 })
  const bytes = await readFile(samplePath)
  const sent = await serveFile(t, bytes, (_request, response) => {
    response.write(bytes.subarray(0, 90_000))
    response.end(bytes.subarray(90_000))
    return true
  })
  const result = await ingest(croft, video(sent.url))
  assert.ok(!result.ok)
  assert.deepEqual(codes(result.problems), ['media_too_large'])
})

test('URLs that the guard refuses, and files no longer stored, are problems', async (t) => {
  const croft = await context(t)
  const code = async (url: string) => {
    const result = await ingest(croft, video(url))
    return result.ok ? [] : codes(result.problems)
  }
  assert.deepEqual(await code('https://169.254.169.254/latest'), ['address_not_allowed'])
  assert.deepEqual(await code('http://example.com/a.mp4'), ['url_not_https'])
  assert.deepEqual(await code('video.mp4'), ['invalid_url'])
  const gone = await ingest(croft, { source: { hash: 'a'.repeat(64) }, media_type: 'video' })
  assert.deepEqual(gone.ok ? [] : codes(gone.problems), ['media_unreachable'])
})

test('an abort and a full disk are thrown, not blamed on the file', async (t) => {
  const croft = await context(t)
  const stop = new AbortController()
  const reason = new Error('shutting down')
  const bytes = await readFile(samplePath)
  const { url } = await serveFile(t, bytes, (_request, response) => {
    response.writeHead(200).write(bytes.subarray(0, 50_000))
    stop.abort(reason)
    return true
  })
  await assert.rejects(ingest({ ...croft, signal: stop.signal }, video(url)), reason)
  const announced = await serveFile(t, bytes, (_request, response) => {
    response.writeHead(200, { 'content-length': 2 ** 60 }).write(bytes)
    return true
  })
  const unlimited = { ...croft, limits: { ...croft.limits, videoBytes: 2 ** 61 } }
  await assert.rejects(ingest(unlimited, video(announced.url)), StorageFullError)
})
