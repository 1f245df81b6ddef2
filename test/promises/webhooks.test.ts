import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testCroft, testTeam, type TestCroft } from '../support/croft.ts'
import { until } from '../support/wait.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { register, signedBy } from './support/endpoints.ts'
import { happen } from './support/events.ts'

let croft: TestCroft
let receiver: WebhookReceiver
before(async () => {
  croft = await testCroft()
  receiver = await startWebhookReceiver()
})
after(async () => {
  await croft.stop()
  await receiver.stop()
})

const at = (path: string) => receiver.received.filter((one) => one.path === path)
const ask =
  (key: string) =>
  async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const { status, body: answer } = await croft.request(method, path, body, { 'x-api-key': key, ...headers })
    return { status, body: answer as Record<string, unknown> }
  }

test('an endpoint is told of what happens, in the payload and with the signature of Standard Webhooks', async () => {
  const team = await testTeam(croft.ctx, 'told')
  const { secret } = await register(croft, team.key, receiver.url('/told'))
  const id = await happen(team.unit, 'post.failed', 3)
  const [got] = await until(() => at('/told').length > 0 && at('/told'))
  assert.ok(got && signedBy(secret, got))
  assert.equal(got.headers['webhook-id'], `msg_${id}`)
  const body = JSON.parse(got.body) as Record<string, unknown>
  assert.deepEqual(Object.keys(body), ['type', 'timestamp', 'data'])
  assert.deepEqual([body['type'], body['data']], ['post.failed', { n: 3 }])
})

test('the secret is shown once, and not even a replay shows it again', async () => {
  const team = await testTeam(croft.ctx, 'secret')
  const call = ask(team.key)
  const key = { 'idempotency-key': 'once' }
  const first = await call('POST', '/v1/webhook-endpoints', { url: receiver.url('/secret') }, key)
  assert.match(String(first.body['secret']), /^whsec_/)
  const replay = await call('POST', '/v1/webhook-endpoints', { url: receiver.url('/secret') }, key)
  assert.deepEqual(replay.body, { ...first.body, secret: null })
  const shown = await call('GET', `/v1/webhook-endpoints/${String(first.body['endpoint_id'])}`)
  assert.ok(!('secret' in shown.body))
  const kept = await croft.ctx.db.selectFrom('webhook_endpoint_secrets').select('secret').execute()
  const raw = Buffer.from(String(first.body['secret']).slice(6), 'base64')
  assert.ok(
    kept.every((row) => !row.secret.includes(raw)),
    'it is sealed at rest',
  )
})

test('a filter lets through what it names, and an event that does not exist is refused by its name', async () => {
  const team = await testTeam(croft.ctx, 'filter')
  await register(croft, team.key, receiver.url('/filter'), ['post.published'])
  await happen(team.unit, 'post.failed')
  const id = await happen(team.unit, 'post.published')
  await until(() => at('/filter').length > 0)
  assert.deepEqual(
    at('/filter').map((one) => one.headers['webhook-id']),
    [`msg_${id}`],
  )
  const wrong = { url: receiver.url('/x'), events: ['post.published', 'post.publishd'] }
  const refused = await ask(team.key)('POST', '/v1/webhook-endpoints', wrong)
  assert.equal(refused.status, 422)
  assert.match(JSON.stringify(refused.body), /events\.1.*post\.publishd is not an event/)
  const inherited = ['constructor', '__proto__', 'toString', 'hasOwnProperty']
  const names = await ask(team.key)('POST', '/v1/webhook-endpoints', { url: receiver.url('/x'), events: inherited })
  assert.equal(names.status, 422)
  for (const [index, name] of inherited.entries())
    assert.match(JSON.stringify(names.body), new RegExp(`events\\.${index}.*${name} is not an event`))
})

test('after a rotation both secrets sign', async () => {
  const team = await testTeam(croft.ctx, 'rotate')
  const old = await register(croft, team.key, receiver.url('/rotate'))
  const rotated = await ask(team.key)('POST', `/v1/webhook-endpoints/${old.endpoint_id}/rotate-secret`)
  await happen(team.unit)
  const [got] = await until(() => at('/rotate').length > 0 && at('/rotate'))
  assert.ok(got && signedBy(old.secret, got) && signedBy(String(rotated.body['secret']), got))
})

test('a test event goes to the one endpoint; its delivery shows the request and the answer', async () => {
  const team = await testTeam(croft.ctx, 'try')
  const call = ask(team.key)
  const { endpoint_id } = await register(croft, team.key, receiver.url('/try'), ['post.failed'])
  const sent = await call('POST', `/v1/webhook-endpoints/${endpoint_id}/test`)
  assert.equal(sent.status, 202)
  const one = await until(async () => {
    const { body } = await call('GET', `/v1/webhook-deliveries/${String(sent.body['delivery_id'])}`)
    return body['status'] === 'delivered' && body
  })
  const [got] = at('/try')
  assert.deepEqual(one['request'], {
    url: receiver.url('/try'),
    webhook_id: got?.headers['webhook-id'],
    body: got?.body,
  })
  assert.equal((one['log'] as { status: number }[])[0]?.status, 204)
  const list = await call('GET', `/v1/webhook-endpoints/${endpoint_id}/deliveries?status=delivered`)
  assert.equal((list.body['items'] as unknown[]).length, 1)
})

test('a delivery sent again has the same webhook-id', async () => {
  const team = await testTeam(croft.ctx, 'again')
  const call = ask(team.key)
  await register(croft, team.key, receiver.url('/again'))
  const id = await happen(team.unit)
  const delivered = await until(async () => {
    const { body } = await call('GET', `/v1/webhook-deliveries?event_id=${id}&status=delivered`)
    return (body['items'] as { delivery_id: string }[])[0]
  })
  assert.equal((await call('POST', `/v1/webhook-deliveries/${delivered.delivery_id}/redeliver`)).status, 202)
  await until(() => at('/again').length === 2)
  assert.deepEqual(new Set(at('/again').map((one) => one.headers['webhook-id'])), new Set([`msg_${id}`]))
})

test('everything since a time comes again, what happened while the endpoint was off included', async () => {
  const team = await testTeam(croft.ctx, 'since')
  const call = ask(team.key)
  const { endpoint_id } = await register(croft, team.key, receiver.url('/since'))
  const since = croft.ctx.clock.now().toISOString()
  const first = await happen(team.unit)
  // Switched off before it is noted as delivered, it would be one that is not.
  await until(async () => {
    const { body } = await call('GET', `/v1/webhook-endpoints/${endpoint_id}/deliveries?status=delivered`)
    return (body['items'] as unknown[]).length === 1
  })
  await call('PATCH', `/v1/webhook-endpoints/${endpoint_id}`, { enabled: false })
  const missed = await happen(team.unit)
  const path = `/v1/webhook-endpoints/${endpoint_id}/redeliver`
  assert.equal((await call('POST', path, { since })).status, 409)
  await call('PATCH', `/v1/webhook-endpoints/${endpoint_id}`, { enabled: true })
  const marker = await happen(team.unit)
  await until(() => at('/since').length === 2)
  const ids = () => at('/since').map((one) => String(one.headers['webhook-id']).slice(4))
  assert.deepEqual(ids(), [first, marker], 'what happened while it was off was not sent')
  assert.deepEqual((await call('POST', path, { since, undelivered: true })).body, { deliveries: 1 })
  await until(() => ids().includes(missed))
  assert.deepEqual((await call('POST', path, { since })).body, { deliveries: 3 })
  await until(() => at('/since').length === 6)
})

test('a receiver that never answers delays nobody else', async () => {
  const team = await testTeam(croft.ctx, 'slow')
  const held: (() => void)[] = []
  const slow = await startWebhookReceiver()
  slow.answers.push(...Array.from({ length: 100 }, () => (response: { end: () => void }) => void held.push(() => response.end())))
  await register(croft, team.key, slow.url('/never'))
  for (let n = 0; n < 40; n += 1) await happen(team.unit)
  await until(() => held.length > 0)
  await register(croft, team.key, receiver.url('/quick'))
  await happen(team.unit)
  await until(() => at('/quick').length === 1)
  assert.ok(held.length <= 8, 'one receiver has at most eight requests at once')
  for (const answer of held) answer()
  slow.answers.length = 0
  await until(() => new Set(slow.received.map((one) => one.headers['webhook-id'])).size === 41)
  await slow.stop()
})

test('redirects are not followed', async () => {
  const team = await testTeam(croft.ctx, 'redirect')
  await register(croft, team.key, receiver.url('/moved'))
  receiver.answers.push((response) => void response.writeHead(307, { location: receiver.url('/elsewhere') }).end())
  const id = await happen(team.unit)
  const tries = await until(async () => {
    const { body } = await ask(team.key)('GET', `/v1/webhook-deliveries?event_id=${id}`)
    const [one] = body['items'] as { tries: number; delivery_id: string }[]
    return one && one.tries > 0 && one
  })
  const { body } = await ask(team.key)('GET', `/v1/webhook-deliveries/${tries.delivery_id}`)
  assert.match(JSON.stringify(body['log']), /redirect/)
  assert.equal(at('/elsewhere').length, 0)
})
