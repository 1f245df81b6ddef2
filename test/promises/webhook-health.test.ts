import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { standingClock } from '../support/clock.ts'
import { testCroft, testTeam, type TestCroft } from '../support/croft.ts'
import { until } from '../support/wait.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { register, type Endpoint } from './support/endpoints.ts'
import { happen } from './support/events.ts'

const clock = standingClock()
let croft: TestCroft
let receiver: WebhookReceiver
let crash = false
let crashed = 0
before(async () => {
  const reach = (point: string) => {
    if (point !== 'delivery.sent' || !crash) return Promise.resolve()
    crashed += 1
    return Promise.reject(new Error('the worker dies here'))
  }
  croft = await testCroft({ substitutes: { clock, leaseMs: 4_000, reach } })
  receiver = await startWebhookReceiver()
})
after(async () => {
  await croft.stop()
  await receiver.stop()
})
beforeEach(() => {
  receiver.received.length = 0
})

const answerWith = (status: number, headers: Record<string, string> = {}) =>
  receiver.answers.push((response) => void response.writeHead(status, headers).end())
const delivery = (eventId: string) =>
  croft.ctx.db.selectFrom('deliveries').selectAll().where('event_id', '=', eventId).executeTakeFirst()
const tried = (eventId: string, times: number) =>
  until(async () => {
    const row = await delivery(eventId)
    return row && row.tries >= times && row
  })
const endpoint = async (key: string, id: string) =>
  (await croft.request('GET', `/v1/webhook-endpoints/${id}`, undefined, { 'x-api-key': key })).body as Endpoint

test('410 switches an endpoint off at once, and the team is told', async () => {
  const team = await testTeam(croft.ctx, 'gone')
  const { endpoint_id } = await register(croft, team.key, receiver.url())
  answerWith(410)
  const id = await happen(team.unit)
  await until(async () => !(await endpoint(team.key, endpoint_id)).enabled)
  assert.equal((await endpoint(team.key, endpoint_id)).disabled_reason, 'gone')
  assert.equal((await delivery(id))?.status, 'failed')
  const events = await croft.ctx.db.selectFrom('events').selectAll().where('team_id', '=', team.id).execute()
  assert.deepEqual(
    events.map((event) => event.type),
    ['profile.updated', 'webhook_endpoint.disabled'],
  )
})

test('the receiver’s Retry-After is waited for', async () => {
  const team = await testTeam(croft.ctx, 'patience')
  await register(croft, team.key, receiver.url())
  answerWith(429, { 'retry-after': '900' })
  const id = await happen(team.unit)
  const row = await tried(id, 1)
  assert.equal(row.next_try_at?.getTime(), clock.now().getTime() + 900_000)
  const another = await happen(team.unit)
  clock.forward(900_001)
  await until(async () => (await delivery(another))?.status === 'delivered' && (await delivery(id))?.status === 'delivered')
})

test('five days without a success switch an endpoint off; a success before that begins the days anew', async () => {
  const team = await testTeam(croft.ctx, 'days')
  const { endpoint_id } = await register(croft, team.key, receiver.url())
  const day = 86_400_000
  const fails = async () => {
    answerWith(500)
    await tried(await happen(team.unit), 1)
    receiver.answers.length = 0
  }
  const standing = async () => (await endpoint(team.key, endpoint_id)).enabled
  const quiet = () =>
    until(
      async () =>
        (
          await croft.ctx.db
            .selectFrom('deliveries')
            .select('id')
            .where('team_id', '=', team.id)
            .where('status', '=', 'pending')
            .execute()
        ).length === 0,
    )
  await fails()
  clock.forward(4 * day)
  await quiet()
  await fails()
  clock.forward(day)
  await quiet()
  assert.equal(await standing(), true, 'a retry in between succeeded')
  answerWith(500)
  await tried(await happen(team.unit), 1)
  for (let tries = 2; tries < 8 && (await standing()); tries += 1) {
    answerWith(500)
    clock.forward(day)
    await until(() => receiver.answers.length === 0)
    await until(
      async () =>
        (
          await croft.ctx.db
            .selectFrom('webhook_lanes')
            .select('id')
            .where('id', '=', endpoint_id)
            .where('holder', 'is not', null)
            .execute()
        ).length === 0,
    )
  }
  assert.equal((await endpoint(team.key, endpoint_id)).disabled_reason, 'failing')
})

test('a worker that dies between the sending and the storing sends again, with the same webhook-id', async () => {
  const team = await testTeam(croft.ctx, 'crash')
  await register(croft, team.key, receiver.url())
  crash = true
  const id = await happen(team.unit)
  await until(() => crashed > 0)
  crash = false
  await until(async () => (await delivery(id))?.status === 'delivered')
  assert.ok(receiver.received.length >= 2)
  assert.deepEqual(new Set(receiver.received.map((one) => one.headers['webhook-id'])), new Set([`msg_${id}`]))
})
