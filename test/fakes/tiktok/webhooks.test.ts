import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { startWebhookReceiver } from '../../support/webhook-receiver.ts'
import { mediaOrigin, post, startFake, uploaded, videoBytes } from './support.ts'
import { startMediaOrigin } from './media-origin.ts'

interface Sent {
  client_key: string
  event: string
  create_time: number
  user_openid: string
  content: string
}

/** A fake that sends its webhooks to a receiver which answers 200. */
async function withReceiver(t: TestContext, { automatic = false, settings = {} } = {}) {
  const media = await startMediaOrigin(t, { '/a.mp4': videoBytes(2000) })
  const { fake, clock } = await startFake(t, {
    settings: { advance: 'on-demand', ...settings },
    origins: { [mediaOrigin]: media.origin },
  })
  const receiver = await startWebhookReceiver()
  t.after(() => receiver.stop())
  const ok = () => void receiver.answers.push((response) => void response.writeHead(200).end())
  fake.webhooks.url = receiver.url('/webhooks/tiktok')
  fake.webhooks.automatic = automatic
  const events = () => receiver.received.map((r) => JSON.parse(r.body) as Sent)
  return { fake, clock, receiver, ok, events, accessToken: fake.grant('anna').accessToken }
}

test('a webhook is signed over its raw body, and its content is a JSON string', async (t) => {
  const { fake, clock, receiver, ok, events, accessToken } = await withReceiver(t, { automatic: true })
  const publishId = await uploaded(fake, accessToken)
  ok()
  await fake.advance()
  await fake.webhooks.settled()
  const [received] = receiver.received
  const [event] = events()
  const seconds = Math.floor(clock.now().getTime() / 1000)
  deepEqual(
    { ...event, content: '' },
    {
      client_key: 'aw-client-key',
      event: 'post.publish.complete',
      create_time: seconds,
      user_openid: fake.account('anna').openId,
      content: '',
    },
  )
  deepEqual(JSON.parse(event?.content ?? ''), { publish_id: publishId, publish_type: 'DIRECT_PUBLISH' })
  const expected = createHmac('sha256', 'client-secret')
    .update(`${seconds}.${received?.body ?? ''}`)
    .digest('hex')
  equal(received?.headers['tiktok-signature'], `t=${seconds},s=${expected}`)
  deepEqual(
    fake.webhooks.deliveries.map((d) => d.status),
    [200],
  )
  equal(fake.webhooks.waiting.length, 0)
})

test('every event of a post is sent, with the id as a raw integer and the documented spellings', async (t) => {
  const { fake, events, receiver, accessToken } = await withReceiver(t)
  const publishId = await uploaded(fake, accessToken)
  await fake.advance()
  await fake.advance()
  fake.removePost(publishId)
  fake.failProcessing('spam_risk_text')
  await uploaded(fake, accessToken)
  await fake.advance()
  fake.removeAuthorization('anna', 4)
  fake.webhooks.emit('video.upload.failed', fake.account('anna').openId, { share_id: 'x' })
  await fake.webhooks.deliver()
  deepEqual(
    events().map((e) => e.event),
    [
      'post.publish.complete',
      'post.publish.publicly_available',
      'post.publish.no_longer_publicaly_available',
      'post.publish.failed',
      'authorization.removed',
      'video.upload.failed',
    ],
  )
  const id = fake.posts('anna')[0]?.id
  match(receiver.received[1]?.body ?? '', new RegExp(`\\\\"post_id\\\\":${String(id)},`))
  equal((JSON.parse(events()[3]?.content ?? '') as { reason: string }).reason, 'spam_risk_text')
  deepEqual(JSON.parse(events()[4]?.content ?? ''), { reason: 4 })
})

test('the other spelling of each event can be switched on', async (t) => {
  const { fake, events, accessToken } = await withReceiver(t, { settings: { spelling: 'other' } })
  const publishId = await uploaded(fake, accessToken)
  await fake.advance()
  await fake.advance()
  fake.removePost(publishId)
  await fake.webhooks.deliver()
  deepEqual(
    events().map((e) => e.event),
    ['post.publish.complete', 'post.publish.publicaly_available', 'post.publish.no_longer_publicly_available'],
  )
})

test('a draft is sent with its own publish type', async (t) => {
  const { fake, events, accessToken } = await withReceiver(t)
  const source_info = { source: 'PULL_FROM_URL', video_url: `${mediaOrigin}/a.mp4` }
  await post(fake, 'post/publish/inbox/video/init/', accessToken, { source_info })
  await fake.advance()
  await fake.advance()
  await fake.webhooks.deliver()
  equal(events()[0]?.event, 'post.publish.inbox_delivered')
  equal((JSON.parse(events()[0]?.content ?? '') as { publish_type: string }).publish_type, 'INBOX_SHARE')
})

test('events can be sent twice, in reverse order, with another secret or an old time', async (t) => {
  const { fake, clock, receiver, ok, events, accessToken } = await withReceiver(t)
  await uploaded(fake, accessToken)
  await fake.advance()
  await fake.advance()
  for (let n = 0; n < 4; n += 1) ok()
  await fake.webhooks.deliver({ order: 'reversed', copies: 2 })
  const [available, complete] = ['post.publish.publicly_available', 'post.publish.complete']
  deepEqual(
    events().map((e) => e.event),
    [available, available, complete, complete],
  )
  equal(receiver.received[0]?.body, receiver.received[1]?.body)

  fake.webhooks.emit('post.publish.failed', 'x', {})
  const old = new Date(clock.now().getTime() - 3_600_000)
  const [forged] = await fake.webhooks.deliver({ secret: 'other', signedAt: old })
  match(forged?.signature ?? '', new RegExp(`^t=${Math.floor(old.getTime() / 1000)},`))
  const right = createHmac('sha256', 'client-secret').update(`${Math.floor(old.getTime() / 1000)}.${forged?.body ?? ''}`)
  notEqual(forged?.signature.split('s=')[1], right.digest('hex'))
})

test('an event that is not answered with 200 is sent again', async (t) => {
  const { fake, receiver, ok, accessToken } = await withReceiver(t)
  await uploaded(fake, accessToken)
  await fake.advance()
  receiver.answers.push((response) => void response.writeHead(500).end())
  receiver.answers.push((response) => void response.destroy())
  const statuses = []
  for (let n = 0; n < 2; n += 1) statuses.push((await fake.webhooks.deliver())[0]?.status)
  ok()
  statuses.push((await fake.webhooks.deliver())[0]?.status)
  deepEqual(statuses, [500, null, 200])
  deepEqual(await fake.webhooks.deliver(), [])
  equal(receiver.received.length, 3)
})
