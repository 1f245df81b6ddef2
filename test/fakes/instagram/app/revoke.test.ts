import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { asking, setUp } from '../support.ts'

const { fake, clock } = await setUp()

/** What the app's callback received. */
const received: { path: string; type: string; body: string }[] = []
const app = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (part: string) => void (body += part))
  request.on('end', () => {
    received.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', body })
    response.end(JSON.stringify({ url: 'https://croft.example.com/deletion/1', confirmation_code: '1' }))
  })
})
await new Promise<void>((resolve) => void app.listen(0, '127.0.0.1', resolve))
after(() => new Promise((resolve) => app.close(resolve)))
const callback = `http://127.0.0.1:${(app.address() as AddressInfo).port}`

/** As Meta's documents parse a signed request. */
function parse(signed: string, secret: string): { valid: boolean; payload: Record<string, unknown> } {
  const [signature = '', encoded = ''] = signed.split('.', 2)
  const expected = createHmac('sha256', secret).update(encoded).digest()
  const payload = JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Record<string, unknown>
  return { valid: Buffer.from(signature, 'base64url').equals(expected), payload }
}

const last = () => new URLSearchParams(received.at(-1)?.body).get('signed_request') ?? ''

test('the owner removes the app: tokens end, and the callback receives a signed request', async () => {
  fake.app.deauthorizeUrl = `${callback}/deauthorize`
  const ada = asking(fake.bases.graph, fake.grant('ada').value)
  const bob = asking(fake.bases.graph, fake.grant('bob').value)
  const reply = await fake.removeApp('ada')
  assert.equal(reply?.status, 200)
  assert.equal(received.at(-1)?.path, '/deauthorize')
  assert.equal(received.at(-1)?.type, 'application/x-www-form-urlencoded')
  const { valid, payload } = parse(last(), fake.app.secret)
  assert.ok(valid)
  assert.equal(payload.algorithm, 'HMAC-SHA256')
  assert.equal(payload.issued_at, Math.floor(clock.now().getTime() / 1000))
  assert.equal(payload.user_id, fake.account('ada').scopedId)
  assert.match(last(), /^[\w-]+\.[\w-]+$/)
  assert.equal((await ada('GET', '/v26.0/me')).error, '190/458')
  assert.equal((await bob('GET', '/v26.0/me')).status, 200)
})

test('the owner can connect again after that', async () => {
  assert.equal((await asking(fake.bases.graph, fake.grant('ada').value)('GET', '/v26.0/me')).status, 200)
})

test('a forged callback has a signature that does not hold', async () => {
  await fake.removeApp('ada', { secret: 'another', payload: { user_id: '1' } })
  const { valid, payload } = parse(last(), fake.app.secret)
  assert.equal(valid, false)
  assert.equal(payload.user_id, '1')
})

test('without an address no callback is made, and a signed request can be had for a test that posts it', async () => {
  fake.app.deauthorizeUrl = null
  const before = received.length
  assert.equal(await fake.removeApp('ada'), null)
  assert.equal(received.length, before)
  assert.ok(parse(fake.signedRequest('ada'), fake.app.secret).valid)
})

test('a request to delete data receives the address and the code of the confirmation', async () => {
  fake.app.dataDeletionUrl = `${callback}/deletion`
  const reply = await fake.requestDeletion('ada')
  assert.deepEqual(JSON.parse(reply?.body ?? ''), { url: 'https://croft.example.com/deletion/1', confirmation_code: '1' })
  assert.ok(parse(last(), fake.app.secret).valid)
})

test('a callback is never posted to an address outside of this machine', async () => {
  await assert.rejects(fake.removeApp('ada', { url: 'https://croft.example.com/deauthorize' }), /loopback/)
})

test('the app gives its permissions back, at either host', async () => {
  for (const login of ['instagram', 'facebook'] as const) {
    const base = login === 'instagram' ? fake.bases.graph : fake.bases.facebookGraph
    const call = asking(base, fake.grant('bob', { login }).value)
    assert.deepEqual((await call('DELETE', '/v26.0/me/permissions')).json, { success: true })
    assert.equal((await call('GET', '/v26.0/me')).error, '190/458')
  }
})

test('a changed password ends every token, without a callback', async () => {
  fake.app.deauthorizeUrl = `${callback}/deauthorize`
  const call = asking(fake.bases.graph, fake.grant('bob').value)
  const before = received.length
  fake.changePassword('bob')
  assert.equal((await call('GET', '/v26.0/me')).error, '190/460')
  assert.equal(received.length, before)
})
