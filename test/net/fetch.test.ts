import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { FetchProblem, type FetchProblemCode } from '../../src/net/index.ts'
import { loopbackGuard, patient, serve, serveTls } from './servers.ts'

const problem = (code: FetchProblemCode, retryable?: boolean) => (error: unknown) => {
  assert.ok(error instanceof FetchProblem, String(error))
  assert.equal(error.code, code, error.message)
  if (retryable !== undefined) assert.equal(error.retryable, retryable)
  assert.doesNotMatch(error.message, /secret/)
  return true
}

test('a request carries method, headers and body, and any status is an answer', async (t) => {
  const origin = await serve(t, (request, response) => {
    response.writeHead(404, { 'x-seen': `${request.method ?? ''} ${String(request.headers['x-a'])}` })
    request.pipe(response)
  })
  const answer = await loopbackGuard(t).fetch(`${origin}/?secret`, {
    ...patient,
    method: 'POST',
    headers: { 'x-a': 'b' },
    body: 'hello',
  })
  assert.equal(answer.status, 404)
  assert.equal(answer.headers.get('x-seen'), 'POST b')
  assert.equal(await answer.text(), 'hello')
})

test('redirects are an error by default, and followed and judged where allowed', async (t) => {
  const origin = await serve(t, (request, response) => {
    const to: Record<string, string> = {
      '/a': '/b',
      '/b': '/end',
      '/loop': '/loop',
      '/private': 'https://10.0.0.1/',
      '/link': 'http://169.254.169.254/',
      '/odd': 'http://',
      '/user': 'https://u:p@example.com/',
    }
    const location = to[request.url ?? '']
    response.writeHead(location === undefined ? 200 : 302, location === undefined ? {} : { location }).end('end')
  })
  const guard = loopbackGuard(t)
  await assert.rejects(guard.fetch(`${origin}/a`, patient), problem('too_many_redirects', false))
  await assert.rejects(guard.fetch(`${origin}/a`, { ...patient, maxRedirects: 1 }), problem('too_many_redirects'))
  const answer = await guard.fetch(`${origin}/a`, { ...patient, maxRedirects: 2 })
  assert.equal(answer.url.pathname, '/end')
  await answer.cancel()
  await assert.rejects(guard.fetch(`${origin}/loop`, { ...patient, maxRedirects: 5 }), problem('too_many_redirects'))
  await assert.rejects(guard.fetch(`${origin}/link`, { ...patient, maxRedirects: 5 }), problem('url_not_https'))
  await assert.rejects(guard.fetch(`${origin}/odd`, { ...patient, maxRedirects: 5 }), problem('invalid_url'))
  await assert.rejects(guard.fetch(`${origin}/user`, { ...patient, maxRedirects: 5 }), problem('invalid_url'))
  await assert.rejects(guard.fetch(`${origin}/a`, { ...patient, method: 'POST', maxRedirects: 5 }), problem('too_many_redirects'))
})

test('a redirect to a refused address is not followed', async (t) => {
  const origin = await serve(t, (request, response) => {
    response.writeHead(302, { location: request.url === '/name' ? 'https://inner.example/' : 'https://169.254.169.254/' }).end()
  })
  const guard = loopbackGuard(t, {
    resolve: (host) => Promise.resolve([{ address: host === 'inner.example' ? 'fe80::1' : '127.0.0.1', family: 4 }]),
  })
  await assert.rejects(
    guard.fetch(`${origin}/literal`, { ...patient, maxRedirects: 5 }),
    /redirects elsewhere: 169\.254\.169\.254 leads/,
  )
  await assert.rejects(guard.fetch(`${origin}/name`, { ...patient, maxRedirects: 5 }), problem('address_not_allowed'))
})

test('headers that say who asks do not go to another origin', async (t) => {
  const other = await serve(t, (request, response) => response.end(JSON.stringify(request.headers)))
  const origin = await serve(t, (_request, response) => response.writeHead(307, { location: other }).end())
  const headers = { authorization: 'Bearer x', cookie: 'a=b', 'x-api-key': 'k', range: 'bytes=0-1' }
  const seen = await (await loopbackGuard(t).fetch(origin, { ...patient, headers, maxRedirects: 1 })).text()
  const { authorization, cookie, 'x-api-key': key, range } = JSON.parse(seen) as Record<string, string>
  assert.deepEqual([authorization, cookie, key, range], [undefined, undefined, undefined, 'bytes=0-1'])
})

test('a server that does not begin to answer runs into the first-byte limit', async (t) => {
  const origin = await serve(t, (request, response) => {
    if (request.url === '/headers') response.writeHead(200).flushHeaders()
  })
  const guard = loopbackGuard(t)
  await assert.rejects(guard.fetch(`${origin}/?secret`, { firstByteMs: 50, totalMs: 20_000 }), problem('timeout', true))
  const answer = await guard.fetch(`${origin}/headers`, { firstByteMs: 300, totalMs: 20_000 })
  await assert.rejects(answer.bytes(), problem('timeout', true))
})

test('an endless body runs into the total limit, or the byte limit', async (t) => {
  const origin = await serve(t, (_request, response) => {
    const timer = setInterval(() => response.write(Buffer.alloc(1000)), 5)
    response.on('close', () => clearInterval(timer))
  })
  const guard = loopbackGuard(t)
  await assert.rejects((await guard.fetch(origin, { firstByteMs: 10_000, totalMs: 300 })).bytes(), problem('timeout', true))
  await assert.rejects((await guard.fetch(origin, { ...patient, maxBytes: 5000 })).bytes(), problem('too_large', false))
})

test('an announced size over the limit, and a small answer that unpacks to more, are refused', async (t) => {
  const { gzipSync } = await import('node:zlib')
  const origin = await serve(t, (request, response) => {
    if (request.url === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000)))
    else response.writeHead(200, { 'content-length': '1000000' }).write('begin')
  })
  const guard = loopbackGuard(t)
  for (const path of ['/', '/gzip']) {
    await assert.rejects((await guard.fetch(origin + path, { ...patient, maxBytes: 100_000 })).bytes(), problem('too_large'))
  }
})

test('a body that breaks off is told from one that is whole', async (t) => {
  const origin = await serve(t, (request, response) => {
    if (request.url === '/short') response.writeHead(200, { 'content-length': '1000' })
    response.write('some bytes', () => request.socket.destroy())
  })
  const guard = loopbackGuard(t)
  for (const path of ['/short', '/chunked']) {
    await assert.rejects((await guard.fetch(origin + path, patient)).bytes(), problem('body_truncated', true))
  }
})

test('a refused connection and a reset are worth another try', async (t) => {
  const origin = await serve(t, (request) => request.socket.resetAndDestroy())
  const guard = loopbackGuard(t)
  await assert.rejects(guard.fetch(origin, patient), problem('connection_failed', true))
  const closed = new Promise<number>((resolve, reject) => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => {
      const { localPort = 0 } = socket
      socket.destroy()
      socket.on('close', () => resolve(localPort))
    }).on('error', reject)
  })
  await assert.rejects(guard.fetch(`http://127.0.0.1:${await closed}/`, patient), problem('connection_failed', true))
})

test("the caller's abort comes back as its own reason", async (t) => {
  const reason = new Error('shutting down')
  const stop = new AbortController()
  const origin = await serve(t, (_request, response) => {
    response.write('begin')
    stop.abort(reason)
  })
  const guard = loopbackGuard(t)
  await assert.rejects(async () => (await guard.fetch(origin, { ...patient, signal: stop.signal })).bytes(), reason)
  await assert.rejects(guard.fetch(origin, { ...patient, signal: stop.signal }), reason)
})

test('a certificate that nobody vouches for is refused; NODE_EXTRA_CA_CERTS vouches', async (t) => {
  const origin = await serveTls(t, (_request, response) => response.end('over TLS'))
  await assert.rejects(loopbackGuard(t).fetch(origin, patient), problem('tls_failed', false))
  const cert = fileURLToPath(new URL('./localhost.cert.pem', import.meta.url))
  const child = fileURLToPath(new URL('./fetch-once.ts', import.meta.url))
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: cert }
  const { stdout } = await promisify(execFile)(process.execPath, [child, origin], { env })
  assert.equal(stdout, 'over TLS')
})

test('leaving a body early closes its connection', async (t) => {
  let closed: () => void
  const done = new Promise<void>((resolve) => (closed = resolve))
  const origin = await serve(t, (_request, response) => {
    response.on('close', () => closed())
    response.write(Buffer.alloc(100_000))
  })
  const answer = await loopbackGuard(t).fetch(origin, patient)
  for await (const chunk of answer.body) {
    assert.ok(chunk.byteLength > 0)
    break
  }
  await done
})
