import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { webhookSecret } from '../../src/domain/webhooks/secret.ts'
import { takeTurn } from '../../src/domain/webhooks/lane-turn.ts'
import { claimLanes } from '../../src/domain/webhooks/lanes.ts'
import type { PostRow } from '../../src/kernel/rows.ts'
import { standingClock } from '../support/clock.ts'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { drivePost } from '../support/drive.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { postNow, prepared } from '../support/posts.ts'
import { carryOut, readyProfile } from '../support/ready-profile.ts'
import { until } from '../support/wait.ts'
import { startWebhookReceiver, type Received, type WebhookReceiver } from '../support/webhook-receiver.ts'

const clock = standingClock()
let server: TestCroft
let media: MediaServer
let hooks: WebhookReceiver

before(async () => {
  media = await startMediaServer()
  hooks = await startWebhookReceiver()
  server = await testCroft({ work: false, substitutes: { clock } })
})
after(async () => {
  await server.stop()
  await media.stop()
  await hooks.stop()
})

const deliveryOf = (post: PostRow) =>
  server.ctx.db.selectFrom('deliveries').selectAll().where('task_id', '=', post.id).executeTakeFirst()

/** A published post whose webhook goes to a path of its own, and a way to make the next try. */
async function published(values: { isLive?: boolean } = {}) {
  const { ctx, team } = server
  const profile = await readyProfile(ctx, team)
  const path = `/hook/${profile.id}`
  const post = await prepared(ctx, team, profile, {
    mediaUrl: media.url('sample.mp4'),
    webhookUrl: hooks.url(path),
    ...values,
  })
  await drivePost(ctx, clock, post)
  return {
    profile,
    post,
    received: () => hooks.received.filter((hook) => hook.path === path),
    tryNow: async (worker = ctx) => {
      const never = new AbortController().signal
      for (const lane of await claimLanes(worker, 1, new Map())) await takeTurn(worker, lane, never)
    },
  }
}

/** Throws where the signature is not by this secret. */
const verify = (secret: string, { body, headers }: Received): unknown =>
  new Webhook(secret).verify(body, headers as Record<string, string>)

test('a post that is live is told of once, with exactly three members and a signature', async () => {
  const { post, profile, received, tryNow } = await published()
  await tryNow()
  await tryNow()
  const [hook, ...more] = received()
  assert.ok(hook)
  assert.equal(more.length, 0)
  const now = await postNow(server.ctx, post)
  assert.deepEqual(JSON.parse(hook.body), {
    event: 'post.published',
    phone_id: profile.phone_id,
    post_url: now.post_url,
  })
  assert.ok(profile.phone_id)
  assert.equal(hook.headers['content-type'], 'application/json')
  verify(await webhookSecret(server.team.unit, { rotate: false }), hook)
  assert.equal((await deliveryOf(post))?.status, 'delivered')
})

test('after a rotation both secrets sign, and a day later the new one alone', async () => {
  const { team } = server
  const old = await webhookSecret(team.unit, { rotate: false })
  const fresh = await webhookSecret(team.unit, { rotate: true })
  assert.notEqual(old, fresh)
  assert.equal(await webhookSecret(team.unit, { rotate: false }), fresh)
  const both = await published()
  await both.tryNow()
  const [hook] = both.received()
  assert.ok(hook)
  verify(old, hook)
  verify(fresh, hook)
  assert.throws(() => verify(`whsec_${Buffer.alloc(32).toString('base64')}`, hook))
  clock.forward(25 * 3_600_000)
  const alone = await published()
  await alone.tryNow()
  const signatures = alone.received().map(({ headers }) => String(headers['webhook-signature']).split(' ').length)
  assert.deepEqual([String(hook.headers['webhook-signature']).split(' ').length, signatures], [2, [1]])
})

test('secrets are sealed at rest', async () => {
  const secret = await webhookSecret(server.team.unit, { rotate: false })
  const bytes = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const rows = await server.ctx.db.selectFrom('webhook_secrets').selectAll().execute()
  assert.ok(rows.length > 0)
  for (const row of rows) {
    assert.equal(row.secret.includes(bytes), false)
    assert.equal(row.secret.toString('latin1').includes(secret), false)
  }
})

test('a receiver in trouble is told again and again, later each time, under one id; each try is kept', async () => {
  const { post, received, tryNow } = await published()
  hooks.answers.push(
    (response) => void response.writeHead(500).end('no'),
    (response) => void response.socket?.destroy(),
    (response) => void response.writeHead(404).end(),
  )
  const pauses: number[] = []
  for (let tries = 0; tries < 3; tries += 1) {
    await tryNow()
    const next = (await deliveryOf(post))?.next_try_at
    assert.ok(next)
    pauses.push(next.getTime() - clock.now().getTime())
    await tryNow()
    clock.to(next)
  }
  await tryNow()
  assert.equal(received().length, 4)
  assert.equal(new Set(received().map((hook) => hook.headers['webhook-id'])).size, 1)
  for (const [index, pause] of pauses.slice(1).entries()) assert.ok(pause > (pauses[index] ?? 0))
  const delivery = await deliveryOf(post)
  assert.deepEqual([delivery?.status, delivery?.tries], ['delivered', 4])
  const tries = await server.ctx.db
    .selectFrom('delivery_tries')
    .select(['n', 'status'])
    .where('delivery_id', '=', delivery?.id ?? '')
    .orderBy('n')
    .execute()
  assert.deepEqual(
    tries.map(({ status }) => status),
    [500, null, 404, 204],
  )
})

test('a receiver that never answers is given up for this try, and told again', async () => {
  const { post, received, tryNow } = await published()
  hooks.answers.push(() => undefined)
  // A receiver has no longer than the lease.
  await tryNow({ ...server.ctx, lease: { ms: 1_000 } })
  const delivery = await deliveryOf(post)
  assert.deepEqual([delivery?.status, delivery?.tries], ['pending', 1])
  clock.to(delivery?.next_try_at ?? clock.now())
  await tryNow()
  assert.equal(received().length, 2)
  assert.equal((await deliveryOf(post))?.status, 'delivered')
})

test('a redirect is not followed', async () => {
  const { post, received, tryNow } = await published()
  hooks.answers.push((response) => void response.writeHead(302, { location: hooks.url('/elsewhere') }).end())
  await tryNow()
  assert.equal(received().length, 1)
  assert.equal(hooks.received.filter((hook) => hook.path === '/elsewhere').length, 0)
  assert.equal((await deliveryOf(post))?.status, 'pending')
})

test('a receiver that is gone for good is told no more', async () => {
  const { post, tryNow } = await published()
  hooks.answers.push((response) => void response.writeHead(410).end())
  await tryNow()
  assert.equal((await deliveryOf(post))?.status, 'failed')
})

test('a draft tells nobody until it is live', async () => {
  const { post, profile, received, tryNow } = await published({ isLive: false })
  assert.equal((await postNow(server.ctx, post)).status, 'draft_saved')
  assert.equal(await deliveryOf(post), undefined)
  assert.equal((await server.request('POST', `/v1/posts/${post.id}/publish`)).status, 200)
  await carryOut(server.ctx, profile)
  await tryNow()
  assert.deepEqual(
    received().map(({ body }) => (JSON.parse(body) as { event: string }).event),
    ['post.published'],
  )
})

test('with workers at work everything is told once', async (t) => {
  const busy = await testCroft()
  t.after(() => busy.stop())
  const profile = await readyProfile(busy.ctx, busy.team)
  const path = `/busy/${profile.id}`
  const made = await busy.request('POST', '/v1/posts', {
    profile_id: profile.id,
    media_type: 'video',
    media_url: media.url('sample.mp4'),
    sound_id: '7100000000000000000',
    title: 'Rye',
    webhook_url: hooks.url(path),
    description: 'Three days',
    is_live: true,
  })
  assert.equal(made.status, 202, JSON.stringify(made.body))
  const delivered = async () =>
    (await busy.ctx.db.selectFrom('deliveries').select('status').executeTakeFirst())?.status === 'delivered'
  await until(delivered, { timeoutMs: 20_000, what: 'the delivery' })
  assert.equal(hooks.received.filter((hook) => hook.path === path).length, 1)
})
