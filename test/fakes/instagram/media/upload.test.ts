import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { until } from '../../../support/wait.ts'
import { answeredBy, asking, create, idIn, origin, processed, publish, repositoryFile, setUp, statusOf } from '../support.ts'

const { fake, clock, ask } = await setUp()
const facebook = fake.grant('ada', { login: 'facebook' })
const call = asking(fake.bases.facebookGraph, facebook.value)
const bytes = await repositoryFile('examples/sample.mp4')
const resumable = { media_type: 'REELS', upload_type: 'resumable' }

const start = () => create(call, resumable)
const uriOf = (id: string) => `${fake.bases.upload}/ig-api-upload/v26.0/${id}`

const headersFor = (offset: number, changes: Record<string, string> = {}) => ({
  authorization: `OAuth ${facebook.value}`,
  offset: String(offset),
  file_size: String(bytes.length),
  ...changes,
})

const upload = async (uri: string, headers: Record<string, string>, body: Buffer) =>
  answeredBy(await fetch(uri, { method: 'POST', headers, body: new Uint8Array(body) }))

const debugInfo = ({ json }: { json: Record<string, unknown> }) => json.debug_info as { retriable: boolean; type: string }

test('ok: the container has an upload address, takes the bytes, and is published', async () => {
  const { json } = await start()
  const id = String(json.id)
  assert.equal(json.uri, uriOf(id))
  assert.equal(await statusOf(call, id), 'IN_PROGRESS')
  assert.equal((await publish(call, id)).error, '9007/2207027')
  const done = await upload(uriOf(id), headersFor(0), bytes)
  assert.equal(done.status, 200)
  assert.equal(done.json.success, true)
  assert.equal((await processed(fake, id)).file?.size, bytes.length)
  assert.equal(await statusOf(call, id), 'FINISHED')
  assert.equal((await publish(call, id)).status, 200)
  assert.equal(fake.posts('ada').filter(({ containerId }) => containerId === id).length, 1)
})

test('code 100 with Instagram Login, which asks for video_url', async () => {
  const { error, json } = await create(ask, resumable)
  assert.equal(error, '100')
  assert.match(JSON.stringify(json), /video_url/)
})

test('a token of Instagram Login cannot upload', async () => {
  const id = idIn(await start())
  const reply = await upload(uriOf(id), headersFor(0, { authorization: `OAuth ${fake.grant('ada').value}` }), bytes)
  assert.equal(reply.status, 400)
  assert.deepEqual([debugInfo(reply).retriable, debugInfo(reply).type], [false, 'NotAuthorizedError'])
})

test('a failure that is retriable, then ok', async () => {
  const id = idIn(await start())
  fake.fail('rupload', { status: 500 }, { times: 1 })
  const failed = await upload(uriOf(id), headersFor(0), bytes)
  assert.equal(failed.status, 500)
  assert.equal(debugInfo(failed).retriable, true)
  assert.equal((await upload(uriOf(id), headersFor(0), bytes)).json.success, true)
})

test('a failure that is not retriable', async () => {
  const id = idIn(await start())
  fake.fail('rupload', { status: 400, code: 'ProcessingFailedError' }, { times: 1 })
  assert.deepEqual(debugInfo(await upload(uriOf(id), headersFor(0), bytes)), {
    retriable: false,
    type: 'ProcessingFailedError',
    message: 'Request processing failed',
  })
})

test('an upload in parts, each from the offset that the container tells', async () => {
  const id = idIn(await start())
  const partial = await upload(uriOf(id), headersFor(0), bytes.subarray(0, 50_000))
  assert.equal(debugInfo(partial).retriable, true)
  const status = await call('GET', `/v26.0/${id}`, { fields: 'video_status' })
  assert.deepEqual(status.json.video_status, {
    uploading_phase: { status: 'in_progress', bytes_transferred: 50_000 },
    processing_phase: { status: 'not_started' },
  })
  assert.equal((await upload(uriOf(id), headersFor(0), bytes)).status, 400)
  assert.equal((await upload(uriOf(id), headersFor(50_000), bytes.subarray(50_000))).json.success, true)
  assert.equal((await processed(fake, id)).error, null)
})

test('an upload that broke off keeps what came', async () => {
  const id = idIn(await start())
  const sending = request(uriOf(id), { method: 'POST', headers: headersFor(0, { 'content-length': String(bytes.length) }) })
  sending.on('error', () => undefined)
  sending.write(bytes.subarray(0, 60_000))
  await until(() => fake.containers.get(id)?.upload?.received === 60_000)
  sending.destroy()
  await until(async () => (await upload(uriOf(id), headersFor(60_000), bytes.subarray(60_000))).json.success === true)
  assert.equal((await processed(fake, id)).error, null)
})

test('a lost reply after the effect: a second upload is refused, and the container is FINISHED', async () => {
  const id = idIn(await start())
  fake.fail('rupload', { lost: true, afterEffect: true }, { times: 1 })
  await assert.rejects(upload(uriOf(id), headersFor(0), bytes), TypeError)
  await processed(fake, id)
  await statusOf(call, id)
  assert.equal(await statusOf(call, id), 'FINISHED')
  assert.equal((await upload(uriOf(id), headersFor(0), bytes)).status, 400)
})

test('the platform fetches a file_url instead of bytes', async () => {
  const id = idIn(await start())
  const headers = { authorization: `OAuth ${facebook.value}`, file_url: `${origin}/reel.mp4` }
  assert.equal((await upload(uriOf(id), headers, Buffer.alloc(0))).json.success, true)
  assert.equal((await processed(fake, id)).file?.size, bytes.length)
})

test('wrong headers, containers and addresses are refused', async () => {
  const id = idIn(await start())
  const wrong: [string, Record<string, string>][] = [
    [uriOf(id), headersFor(0, { authorization: `Bearer ${facebook.value}` })],
    [uriOf(id), headersFor(5)],
    [uriOf(id), headersFor(0, { offset: 'x' })],
    [uriOf(id), headersFor(0, { file_size: '0' })],
    [uriOf('17900000000000000'), headersFor(0)],
    [uriOf(idIn(await create(ask, { image_url: `${origin}/image.jpg` }))), headersFor(0)],
  ]
  for (const [uri, headers] of wrong) assert.equal((await upload(uri, headers, bytes)).status, 400, JSON.stringify(headers))
  assert.equal((await upload(uriOf(id), headersFor(0, { file_size: '1000' }), bytes)).status, 400)
  assert.equal(fake.containers.get(id)?.file, null)
})

test('an upload ends with its container after 24 hours', async () => {
  const id = idIn(await start())
  clock.forward(24 * 3_600_000)
  const reply = await upload(uriOf(id), headersFor(0), bytes)
  assert.equal(debugInfo(reply).retriable, false)
  assert.equal(await statusOf(call, id), 'EXPIRED')
})

test('a resumable upload takes no URL', async () => {
  assert.equal((await create(call, { ...resumable, video_url: `${origin}/reel.mp4` })).error, '100')
})
