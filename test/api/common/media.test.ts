import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { suite, test } from 'node:test'
import { api, named, nobody, ok, refused, type Answer, type Api } from '../support/client.ts'
import { testTeam } from '../../support/croft.ts'
import { startMediaServer } from '../../support/media-server.ts'

const sample = () => readFile(new URL('../../../examples/sample.mp4', import.meta.url))

async function send({ croft, reference }: Api, body: RequestInit['body'], headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(new URL('/v1/media', croft.address), {
    method: 'POST',
    headers: { 'x-api-key': croft.key, ...headers },
    body: body ?? null,
  })
  const answer = { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
  reference.check('POST', '/v1/media', answer)
  return answer
}

function form(bytes: string | Uint8Array<ArrayBuffer>, { name = 'file', type = 'video/mp4', more = {} } = {}): FormData {
  const made = new FormData()
  made.append(name, new Blob([bytes], { type }), 'clip.mp4')
  for (const [field, value] of Object.entries(more)) made.append(field, String(value))
  return made
}

const multipart = (text: string) =>
  [text.replaceAll('\n', '\r\n'), { 'content-type': 'multipart/form-data; boundary=b' }] as const

suite('POST /v1/media', () => {
  test('keeps a file, which is served whole and in parts', async (t) => {
    const one = await api(t)
    const bytes = await sample()
    const made = ok(await send(one, form(new Uint8Array(bytes))), 201)
    const url = String(made['media_url'])
    assert.equal(made['size'], bytes.length)
    const get = (headers: Record<string, string> = {}, method = 'GET') => fetch(url, { headers, method })
    const whole = await get()
    assert.deepEqual(Buffer.from(await whole.arrayBuffer()), bytes)
    const etag = whole.headers.get('etag') ?? ''
    assert.equal(etag, `"${String(made['sha256'])}"`)
    assert.equal(whole.headers.get('x-content-type-options'), 'nosniff')
    assert.deepEqual([whole.headers.get('content-type'), whole.headers.get('content-disposition')], ['video/mp4', null])
    for (const [range, start, end] of [
      ['bytes=0-9', 0, 9],
      ['bytes=10-', 10, bytes.length - 1],
      ['bytes=-5', bytes.length - 5, bytes.length - 1],
      [`bytes=5-${'9'.repeat(12)}`, 5, bytes.length - 1],
    ] as const) {
      const part = await get({ range })
      assert.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes ${start}-${end}/${bytes.length}`])
      assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(start, end + 1))
    }
    for (const range of [`bytes=${bytes.length}-`, 'bytes=9-5', 'bytes=-0']) {
      const answer = await get({ range })
      assert.deepEqual([answer.status, answer.headers.get('content-range')], [416, `bytes */${bytes.length}`], range)
    }
    for (const range of ['bytes=0-1,4-5', 'lines=1-2', 'bytes=x']) assert.equal((await get({ range })).status, 200)
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*'])
      assert.equal((await get({ 'if-none-match': tag })).status, 304)
    assert.equal((await get({ 'if-none-match': '"other"' })).status, 200)
    const head = await get({}, 'HEAD')
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(bytes.length)])
    for (const path of [`${url}/2`, `${url}/x`, `${url}/0`, `${url}x`, url.slice(0, -1)])
      assert.equal((await fetch(path)).status, 404)
  })

  test('what a browser could run is downloaded, not shown', async (t) => {
    const one = await api(t)
    for (const type of ['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript']) {
      const made = ok(await send(one, form('<script>alert(1)</script>', { type })), 201)
      const { headers } = await fetch(String(made['media_url']))
      assert.deepEqual(
        [headers.get('content-type'), headers.get('content-disposition'), headers.get('x-content-type-options')],
        ['application/octet-stream', 'attachment', 'nosniff'],
      )
      assert.match(headers.get('content-security-policy') ?? '', /sandbox/)
    }
  })

  test('a form is one file part named file', async (t) => {
    const one = await api(t)
    assert.deepEqual(named(await send(one, form(''))), ['file'])
    assert.deepEqual(named(await send(one, new FormData())), ['file'])
    assert.deepEqual(named(await send(one, form('x', { name: 'clip' }))), ['clip', 'file'])
    assert.deepEqual(named(await send(one, form('x', { more: { title: 'Rye' } }))), ['title'])
    assert.deepEqual(named(await send(one, ...multipart('--b\ncontent-disposition: form-data; name="file"\n\ntext\n--b--\n'))), [
      'file',
    ])
    const two = form('x')
    two.append('file', new Blob(['y']), 'second')
    assert.deepEqual(named(await send(one, two)), ['file'])
    refused(await send(one, '{}', { 'content-type': 'application/json' }), 415, 'unsupported_media_type')
    refused(await send(one, 'x', { 'content-type': 'video/mp4' }), 415, 'unsupported_media_type')
    refused(await send(one, null), 415, 'unsupported_media_type')
    for (const text of ['no form', '--b\ncontent-disposition: form-data; name="file"; filename="x"\n\ncut off'])
      refused(await send(one, ...multipart(text)), 400, 'malformed_request')
    refused(await send(one, '--b--', { 'content-type': 'multipart/form-data' }), 400, 'malformed_request')
    assert.equal((await one.croft.ctx.db.selectFrom('media').select('id').execute()).length, 0)
  })

  test('a file over the limit is refused', async (t) => {
    const one = await api(t)
    one.croft.ctx.limits = { ...one.croft.ctx.limits, videoBytes: 1_048_576 }
    ok(await send(one, form('x'.repeat(1_048_576))), 201)
    const error = refused(await send(one, form('x'.repeat(1_048_577))), 413, 'payload_too_large')
    assert.match(error.message, /1 MiB/)
  })

  test('keys, scopes, dry runs and Idempotency-Key are as everywhere', async (t) => {
    const one = await api(t)
    refused(await send(one, form('x'), { 'x-api-key': '' }), 401, 'unauthorized')
    const reader = await testTeam(one.croft.ctx, 'test', 'read')
    refused(await send(one, form('x'), { 'x-api-key': reader.key }), 403, 'insufficient_scope')
    const dry = ok(await send(one, form('x'), { 'x-dry-run': 'true' }), 201)
    assert.deepEqual([dry['dry_run'], dry['media_id'], dry['media_url']], [true, null, null])
    const first = ok(await send(one, form('one'), { 'idempotency-key': 'k' }), 201)
    const again = await send(one, form('one'), { 'idempotency-key': 'k' })
    assert.deepEqual([again.body, again.headers.get('idempotent-replayed')], [first, 'true'])
    refused(await send(one, form('two'), { 'idempotency-key': 'k' }), 422, 'idempotency_key_reused')
  })
})

test('POST /v1/media/inspect reads a URL or an upload of the team’s own', async (t) => {
  const one = await api(t)
  const media = await startMediaServer()
  t.after(() => media.stop())
  const inspect = (media_url: string, media_type = 'video', headers = {}) =>
    one.ask('POST', '/v1/media/inspect', { media_url, media_type }, headers)
  const found = ok(await inspect(media.url('sample.mp4')))
  assert.deepEqual([found['ok'], found['kind'], found['codec']], [true, 'video', 'h264'])
  const slides = ok(await inspect(media.url('sample-slides.zip'), 'slideshow'))
  assert.deepEqual([slides['ok'], slides['kind']], [true, 'slideshow'])
  const bad = ok(await inspect(media.url('hevc.mp4')))
  assert.deepEqual([bad['ok'], (bad['problems'] as { code: string }[])[0]?.code], [false, 'media_codec_unsupported'])
  assert.equal(ok(await inspect(media.url('nothing.mp4')))['ok'], false)
  assert.equal(ok(await inspect('https://169.254.169.254/x'))['ok'], false)
  const own = String(ok(await send(one, form(new Uint8Array(await sample()))), 201)['media_url'])
  const asked = media.asked.length
  assert.equal(ok(await inspect(own))['ok'], true)
  assert.equal(media.asked.length, asked)
  const other = await testTeam(one.croft.ctx, 'other')
  const theirs = await inspect(own, 'video', { 'x-api-key': other.key })
  const none = await inspect(own.replace(/.$/, 'x').replace(/..$/, 'xx'), 'video')
  assert.deepEqual(refused(theirs, 404, 'media_not_found'), refused(none, 404, 'media_not_found'))
  refused(await inspect(`${one.croft.address}/media/${nobody}`), 404, 'media_not_found')
})
