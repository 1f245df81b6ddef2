import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { test } from 'node:test'
import { until } from '../../support/wait.ts'
import { fetchStatus, initVideo, put, startFake, startUpload, uploaded, videoBytes, wholeFile } from './support.ts'

const chunks = { source: 'FILE_UPLOAD', video_size: 11_000_123, chunk_size: 5_000_000, total_chunk_count: 2 }

test('init takes the chunks that the media transfer guide allows, and no others', async (t) => {
  const { fake } = await startFake(t, { settings: { callsPerMinute: {} } })
  fake.account('anna').dailyCap = Infinity
  const { accessToken } = fake.grant('anna')
  const plan = async (video_size: number, chunk_size: number, total_chunk_count: number) => {
    const { code } = await initVideo(fake, accessToken, { source: 'FILE_UPLOAD', video_size, chunk_size, total_chunk_count })
    return code
  }
  for (const [size, chunk, count] of [
    [50_000_123, 10_000_000, 5],
    [4_999_999, 4_999_999, 1],
    [64_000_000, 64_000_000, 1],
    [127_999_999, 63_999_999, 2],
    [4_000_000_000, 10_000_000, 400],
  ] as const) {
    equal(await plan(size, chunk, count), 'ok', `${size} ${chunk} ${count}`)
  }
  for (const [size, chunk, count] of [
    // The remainder belongs to the last chunk.
    [50_000_123, 10_000_000, 6],
    // One chunk whose size is not the video's.
    [64_500_000, 64_000_000, 1],
    [4_000_000, 5_000_000, 1],
    // More than 64 MB in one chunk.
    [64_000_001, 64_000_001, 1],
    // Chunks under 5 MB, and over 64 MB.
    [9_999_998, 4_999_999, 2],
    [128_000_002, 64_000_001, 2],
    [4_294_967_297, 10_000_000, 429],
  ] as const) {
    equal(await plan(size, chunk, count), 'invalid_params', `${size} ${chunk} ${count}`)
  }
  equal(await plan(0, 1, 1), 'invalid_param')
  equal(await plan(10.5, 10.5, 1), 'invalid_param')
})

test('chunks are answered with 206, the last one with 201, and what came is known by its digest', async (t) => {
  const { fake } = await startFake(t)
  const { accessToken } = fake.grant('anna')
  const bytes = videoBytes(chunks.video_size)
  const { publishId, uploadUrl } = await startUpload(fake, accessToken, chunks)
  const first = await put(uploadUrl, bytes, [0, 4_999_999])
  deepEqual([first.status, first.headers.get('content-range')], [206, 'bytes 0-5000000/11000123'])
  equal((await fetchStatus(fake, accessToken, publishId)).data.uploaded_bytes, 5_000_000)
  const last = await put(uploadUrl, bytes, [5_000_000, 11_000_122])
  deepEqual([last.status, last.headers.get('content-range')], [201, 'bytes 0-11000123/11000123'])
  equal(fake.task(publishId).media[0]?.sha256, createHash('sha256').update(bytes).digest('hex'))
  deepEqual(
    fake.requests.filter((r) => r.endpoint === 'upload').map((r) => r.bodyBytes),
    [5_000_000, 6_000_123],
  )
})

test('a chunk that is not the next one is answered with 416 and what has come', async (t) => {
  const { fake } = await startFake(t)
  const bytes = videoBytes(chunks.video_size)
  const { uploadUrl } = await startUpload(fake, fake.grant('anna').accessToken, chunks)
  const out = async (range: [number, number], state: string) => {
    const reply = await put(uploadUrl, bytes, range)
    deepEqual([reply.status, reply.headers.get('content-range')], [416, state])
  }
  await out([5_000_000, 11_000_122], 'bytes 0-0/11000123')
  await out([0, 5_999_999], 'bytes 0-0/11000123')
  await put(uploadUrl, bytes, [0, 4_999_999])
  await out([0, 4_999_999], 'bytes 0-5000000/11000123')
  await out([5_000_000, 9_999_999], 'bytes 0-5000000/11000123')
  equal((await put(uploadUrl, bytes, [5_000_000, 11_000_122])).status, 201)
  await out([5_000_000, 11_000_122], 'bytes 0-11000123/11000123')
})

test('a chunk with wrong headers is answered with 400', async (t) => {
  const { fake } = await startFake(t)
  const bytes = videoBytes(1000)
  const { uploadUrl } = await startUpload(fake, fake.grant('anna').accessToken, wholeFile(1000))
  const refused = async (headers: Record<string, string>) =>
    equal((await put(uploadUrl, bytes, [0, 999], headers)).status, 400, JSON.stringify(headers))
  await refused({ 'content-type': 'application/octet-stream' })
  await refused({ 'content-range': 'bytes 0-999/1001' })
  await refused({ 'content-range': 'bytes 0-999/*' })
  await refused({ 'content-range': '0-999/1000' })
  await refused({ 'content-range': 'bytes 0-998/1000' })
  await refused({ authorization: 'Bearer act.x' })
  equal((await put(uploadUrl, bytes, [0, 999], { 'content-type': 'video/quicktime' })).status, 201)
})

test('a chunk without Content-Length is answered with 400', async (t) => {
  const { fake } = await startFake(t)
  const { uploadUrl } = await startUpload(fake, fake.grant('anna').accessToken, wholeFile(1000))
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { 'content-type': 'video/mp4', 'content-range': 'bytes 0-999/1000', 'transfer-encoding': 'chunked' }
    const sent = request(uploadUrl, { method: 'PUT', headers }, (reply) => {
      reply.resume()
      resolve(reply.statusCode)
    })
    sent.on('error', reject)
    sent.end(videoBytes(1000))
  })
  equal(status, 400)
})

test('an upload URL that is unknown, cancelled or an hour old is refused', async (t) => {
  const { fake, clock } = await startFake(t)
  const { accessToken } = fake.grant('anna')
  const bytes = videoBytes(1000)
  const { uploadUrl } = await startUpload(fake, accessToken, wholeFile(1000))
  equal((await put(uploadUrl.slice(0, -1), bytes, [0, 999])).status, 404)
  const cancelled = await startUpload(fake, accessToken, wholeFile(1000))
  fake.fail('cancel', { status: 500, afterEffect: true })
  await fetch(`${fake.address}/v2/post/publish/cancel/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ publish_id: cancelled.publishId }),
  })
  equal((await put(cancelled.uploadUrl, bytes, [0, 999])).status, 404)
  clock.forward(3_600_000)
  equal((await put(uploadUrl, bytes, [0, 999])).status, 403)
})

test('a chunk that breaks off leaves nothing, and can be sent again', async (t) => {
  const { fake } = await startFake(t)
  const bytes = videoBytes(chunks.video_size)
  const { publishId, uploadUrl } = await startUpload(fake, fake.grant('anna').accessToken, chunks)
  const sent = request(uploadUrl, {
    method: 'PUT',
    headers: { 'content-type': 'video/mp4', 'content-length': 5_000_000, 'content-range': 'bytes 0-4999999/11000123' },
  })
  const broken = rejects(new Promise((_resolve, reject) => sent.on('error', reject)))
  sent.write(bytes.subarray(0, 1_000_000))
  await until(() => (fake.requests.at(-1)?.bodyBytes ?? 0) > 0)
  sent.destroy(new Error('the line is cut'))
  await broken
  equal(fake.task(publishId).upload?.received, 0)
  equal((await put(uploadUrl, bytes, [0, 4_999_999])).status, 206)
})

test('the connection can be lost within a chunk, and after it was kept', async (t) => {
  const { fake } = await startFake(t)
  const bytes = videoBytes(chunks.video_size)
  const { publishId, uploadUrl } = await startUpload(fake, fake.grant('anna').accessToken, chunks)
  fake.fail('upload', { lost: true, afterBytes: 100_000 }, { times: 1 })
  await rejects(put(uploadUrl, bytes, [0, 4_999_999]))
  equal(fake.task(publishId).upload?.received, 0)
  fake.fail('upload', { lost: true, afterEffect: true }, { times: 1 })
  await rejects(put(uploadUrl, bytes, [0, 4_999_999]))
  equal(fake.task(publishId).upload?.received, 5_000_000)
})

test('each status of a chunk can be switched on, 5xx then ok', async (t) => {
  const { fake } = await startFake(t)
  const bytes = videoBytes(1000)
  const { uploadUrl } = await startUpload(fake, fake.grant('anna').accessToken, wholeFile(1000))
  for (const status of [400, 403, 404, 416, 500, 503]) {
    fake.fail('upload', { status }, { times: 1 })
    const reply = await put(uploadUrl, bytes, [0, 999])
    deepEqual([reply.status, reply.headers.get('content-range')], [status, 'bytes 0-0/1000'])
  }
  equal((await put(uploadUrl, bytes, [0, 999])).status, 201)
})

test('a chunk can be answered with 503 before it is kept, and after', async (t) => {
  const { fake } = await startFake(t)
  const bytes = videoBytes(chunks.video_size)
  const { uploadUrl } = await startUpload(fake, fake.grant('anna').accessToken, chunks)
  fake.fail('upload', { status: 503 }, { times: 1 })
  const before = await put(uploadUrl, bytes, [0, 4_999_999])
  deepEqual([before.status, before.headers.get('content-range')], [503, 'bytes 0-0/11000123'])
  fake.fail('upload', { status: 503, afterEffect: true }, { times: 1 })
  const after = await put(uploadUrl, bytes, [0, 4_999_999])
  deepEqual([after.status, after.headers.get('content-range')], [503, 'bytes 0-5000000/11000123'])
  equal((await put(uploadUrl, bytes, [5_000_000, 11_000_122])).status, 201)
})

test('a file that is not a video fails the check of its format', async (t) => {
  const { fake } = await startFake(t)
  const { accessToken } = fake.grant('anna')
  const { publishId, uploadUrl } = await startUpload(fake, accessToken, wholeFile(1000))
  await put(uploadUrl, Buffer.alloc(1000), [0, 999])
  await fake.advance()
  deepEqual((await fetchStatus(fake, accessToken, publishId)).data, {
    status: 'FAILED',
    fail_reason: 'file_format_check_failed',
    uploaded_bytes: 1000,
    downloaded_bytes: 0,
  })
  match(await uploaded(fake, accessToken), /^v_pub_file/)
})
