import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { api, ok } from '../support/client.ts'

const requestTimes = { headersMs: 800, windowMs: 800, uploadBytes: 100 }

/** All that the server says on the connection until it hangs up. */
async function heard(socket: Socket): Promise<string> {
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  socket.on('error', () => socket.destroy())
  await once(socket, 'close')
  return Buffer.concat(parts).toString()
}

test('a request that does not go on ends with 408', async (t) => {
  const { croft, ask } = await api(t, { substitutes: { requestTimes } })
  const { hostname, port } = new URL(croft.address)
  const open = (...lines: string[]): Socket => {
    const socket = connect(Number(port), hostname)
    socket.write(lines.join('\r\n'))
    t.after(() => socket.destroy())
    return socket
  }
  const head = (method: string, path: string, length: number, type = 'application/json', key = croft.key) => [
    `${method} ${path} HTTP/1.1`,
    'host: x',
    `x-api-key: ${key}`,
    `content-type: ${type}`,
    `content-length: ${length}`,
    'x-request-id: slow',
    '',
  ]
  const timedOut = (text: string) => {
    assert.match(text, /^HTTP\/1\.1 408 Request Timeout\r\n/)
    assert.match(text, /"code":"request_timeout"/)
  }

  await t.test('half a body, on any route, with its own request id', async () => {
    const routes = [
      ['POST', '/v1/posts'],
      ['PATCH', '/v1/team'],
      ['DELETE', '/v1/sandbox/faults'],
      ['PUT', '/api/ext/bundles/x/account'],
    ] as const
    for (const text of await Promise.all(routes.map(([method, path]) => heard(open(...head(method, path, 50), '{"bio":'))))) {
      timedOut(text)
      assert.match(text, /x-request-id: slow/)
    }
  })

  await t.test('a JSON body that drips', async () => {
    const socket = open(...head('POST', '/v1/posts', 1_000), '{')
    const drip = setInterval(() => socket.write(' '), 100)
    t.after(() => clearInterval(drip))
    timedOut(await heard(socket))
    clearInterval(drip)
  })

  await t.test('an upload that stalls, and one that drips', async () => {
    const type = 'multipart/form-data; boundary=b'
    const part = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nabc'
    const stalled = open(...head('POST', '/v1/media', 100_000, type), part)
    const drips = open(...head('POST', '/v1/media', 100_000, type), part)
    const drip = setInterval(() => drips.write('x'), 100)
    t.after(() => clearInterval(drip))
    for (const text of await Promise.all([heard(stalled), heard(drips)])) timedOut(text)
    clearInterval(drip)
  })

  await t.test('who was refused already is hung up on, whatever they send', async () => {
    const socket = open(...head('POST', '/v1/posts', 1_000, 'application/json', 'croft_junk'), '{')
    assert.match(await heard(socket), /^HTTP\/1\.1 401 /)
  })

  await t.test('headers that never end', async () => timedOut(await heard(open('POST /v1/posts HTTP/1.1', 'host: x', ''))))

  await t.test('an upload that goes on may take as long as it likes', async () => {
    const bytes = Buffer.concat([
      Buffer.from('--b\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'),
      Buffer.alloc(20_000, 1),
      Buffer.from('\r\n--b--\r\n'),
    ])
    const socket = open(...head('POST', '/v1/media', bytes.length, 'multipart/form-data; boundary=b'), '')
    const answer = once(socket, 'data') as Promise<[Buffer]>
    // Three windows long.
    for (let n = 0; n < 24; n += 1) {
      socket.write(bytes.subarray(Math.floor((n * bytes.length) / 24), Math.floor(((n + 1) * bytes.length) / 24)))
      await pause(100)
    }
    assert.match(String((await answer)[0]), /^HTTP\/1\.1 201 /)
  })

  await t.test('and everybody else is served meanwhile', async () => {
    ok(await ask('GET', '/v1/team'))
    ok(await ask('PATCH', '/v1/team', { pacing: { max_per_day: null } }))
  })
})
