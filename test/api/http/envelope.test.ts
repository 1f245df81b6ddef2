import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { suite, test } from 'node:test'
import { api, ok, refused, type Answer } from '../support/client.ts'

/** Writes bytes to the server as they stand, and reads until it hangs up. */
async function send(address: string, bytes: string): Promise<Answer> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  socket.end(bytes)
  const parts: Buffer[] = []
  for await (const part of socket) parts.push(part as Buffer)
  const [head = '', body = ''] = Buffer.concat(parts).toString().split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]))
  return { status: Number(first.split(' ')[1]), headers, body: JSON.parse(body) as Answer['body'] }
}

function inEnvelope(answer: Answer, status: number, code: string): void {
  assert.deepEqual(Object.keys(answer.body).sort(), ['error', 'request_id'])
  refused(answer, status, code)
  assert.notEqual(answer.body.error.message, '')
  assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
  assert.equal(answer.headers.get('x-request-id'), answer.body.request_id)
}

suite('every error is in the one envelope', () => {
  test('of paths and methods that are not there', async (t) => {
    const { croft } = await api(t)
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/v2/posts'],
      ['PUT', '/v1/posts'],
      ['DELETE', '/healthz'],
      ['POST', '/openapi.json'],
      ['OPTIONS', '/v1/posts'],
      ['GET', '/v1/%2e%2e/posts'],
    ] as const)
      inEnvelope((await croft.request(method, path)) as Answer, 404, 'not_found')
    const missing = (await croft.request('GET', '/nothing?signature=secret')) as Answer
    assert.doesNotMatch(missing.body.error.message, /secret/)
    for (const path of ['/v1/posts/%zz', '/v1/farm-profiles/%', '/media/%E0%A4%A'])
      inEnvelope((await croft.request('GET', path)) as Answer, 400, 'malformed_request')
    const head = await fetch(new URL('/v1/team', croft.address), { method: 'HEAD', headers: { 'x-api-key': croft.key } })
    assert.deepEqual([head.status, await head.text()], [200, ''])
  })

  test('of what is no request at all', async (t) => {
    const { croft } = await api(t)
    const host = 'host: x\r\nconnection: close\r\n'
    for (const bytes of [
      'garbage\r\n\r\n',
      `BREW /v1/posts HTTP/1.1\r\n${host}\r\n`,
      `GET /v1/posts HTTP/9.9\r\n${host}\r\n`,
      `GET /v1/posts HTTP/1.1\r\n${host}no colon\r\n\r\n`,
      `POST /v1/posts HTTP/1.1\r\n${host}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `POST /v1/posts HTTP/1.1\r\n${host}content-length: -1\r\n\r\n`,
      `GET /v1/posts HTTP/1.1\r\n${host}x: a\u0000b\r\n\r\n`,
      '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
    ])
      inEnvelope(await send(croft.address, bytes), 400, 'malformed_request')
    inEnvelope(await send(croft.address, `GET / HTTP/1.1\r\n${host}x: ${'a'.repeat(20_000)}\r\n\r\n`), 431, 'headers_too_large')
    inEnvelope(await send(croft.address, `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`), 431, 'headers_too_large')
    ok((await croft.request('GET', '/healthz')) as Answer)
  })

  test('of bodies that are no JSON, whatever the route', async (t) => {
    const { croft, reference } = await api(t)
    for (const body of ['{', '{"a":1}}', 'null,', "{'a':1}", '\u0000', 'NaN', '']) {
      const response = await fetch(new URL('/v1/posts', croft.address), {
        method: 'POST',
        headers: { 'x-api-key': croft.key, 'content-type': 'application/json' },
        body,
      })
      const answer = { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
      inEnvelope(answer, 400, 'malformed_json')
      reference.check('POST', '/v1/posts', answer)
    }
  })

  test('of bodies nested beyond all use', async (t) => {
    const { croft } = await api(t)
    const response = await fetch(new URL('/v1/posts/bulk', croft.address), {
      method: 'POST',
      headers: { 'x-api-key': croft.key, 'content-type': 'application/json', 'idempotency-key': 'deep' },
      body: `{"posts":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`,
    })
    const answer = { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
    inEnvelope(answer, 422, 'validation_error')
  })

  test('an empty body is none where the route takes none', async (t) => {
    const { ask } = await api(t)
    ok(await ask('DELETE', '/v1/sandbox/faults', undefined, { 'content-type': 'application/json' }))
    ok(await ask('DELETE', '/v1/sandbox/faults', {}))
  })
})
