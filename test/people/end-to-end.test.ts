import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { standingClock } from '../support/clock.ts'
import { testCroft } from '../support/croft.ts'
import { startMediaServer } from '../support/media-server.ts'
import { newUsername } from '../support/ready-profile.ts'
import { until } from '../support/wait.ts'
import { startWebhookReceiver } from '../support/webhook-receiver.ts'
import { bodyOf, fallSilent, testManager } from './support.ts'

interface Item {
  work_id: string
  kind: string
  task_id: string
  profile_id: string
}

/** A server with its workers, whose profiles are in people's hands, and somebody who looks into the queue. */
async function scene(t: TestContext) {
  const clock = standingClock()
  const server = await testCroft({
    settings: { CROFT_DEFAULT_DRIVER: 'operator', CROFT_WARMUP_RUNS: '0', CROFT_WARMUP_MAINTENANCE: '0s' },
    substitutes: { clock, choresEveryMs: 100 },
  })
  const media = await startMediaServer()
  const hooks = await startWebhookReceiver()
  t.after(async () => {
    await server.stop()
    await media.stop()
    await hooks.stop()
  })
  const manager = await testManager(server, server.team)
  const inQueue = (kind: string) =>
    until(
      async () => ((await manager.request('GET', '/v1/work')).body as { items: Item[] }).items.find((item) => item.kind === kind),
      { what: `work of the kind ${kind}` },
    )
  const post = async (id: string) => bodyOf(await server.request('GET', `/v1/posts/${id}`))
  const postIs = (id: string, status: string) =>
    until(async () => (await post(id))['status'] === status && post(id), { what: `the post to be ${status}` })
  const created = await server.request('POST', '/v1/farm-profiles', { username: newUsername(), email_auth_method: 'google' })
  assert.deepEqual([created.status, bodyOf(created)['driver']], [201, 'operator'])
  const profileId = (created.body as { profile_id: string }).profile_id
  const setup = await inQueue('setup')
  await manager.request('POST', `/v1/work/${setup.work_id}/start`)
  await manager.request('POST', `/v1/work/${setup.work_id}/submit`, { values: { phone_name: 'Rack 1' } })
  const newPost = async () => {
    const answer = await server.request('POST', '/v1/posts', {
      profile_id: profileId,
      media_type: 'video',
      media_url: media.url('sample.mp4'),
      sound_id: '7100000000000000000',
      title: 'Rye',
      description: 'Three days of patience',
      webhook_url: hooks.url(),
      is_live: true,
    })
    assert.equal(answer.status, 202, JSON.stringify(answer.body))
    return (answer.body as { task_id: string }).task_id
  }
  return { server, hooks, manager, inQueue, postIs, newPost, profileId }
}

const link = 'https://www.tiktok.com/@bakery/video/7300000000000000001'

test('a post goes through a person’s hands to the webhook', async (t) => {
  const { hooks, manager, inQueue, postIs, newPost, server, profileId } = await scene(t)
  const id = await newPost()
  await postIs(id, 'waiting_for_operator')
  const work = await inQueue('publish')
  assert.deepEqual([work.task_id, work.profile_id], [id, profileId])
  assert.equal((await manager.request('POST', `/v1/work/${work.work_id}/start`)).status, 200)
  assert.equal((await manager.request('POST', `/v1/work/${work.work_id}/submit`, { post_url: link })).status, 200)
  const published = await postIs(id, 'published')
  assert.equal(published['post_url'], link)
  const told = await until(() => hooks.received[0], { what: 'the webhook' })
  const phone = bodyOf(await server.request('GET', `/v1/farm-profiles/${profileId}`))['phone_id']
  assert.deepEqual(JSON.parse(told.body), { event: 'post.published', phone_id: phone, post_url: link })
  assert.ok(told.headers['webhook-signature'])
})

test('who begins and says nothing leaves the post to a person’s eyes', async (t) => {
  const { hooks, manager, inQueue, postIs, newPost, server } = await scene(t)
  const id = await newPost()
  const work = await inQueue('publish')
  await manager.request('POST', `/v1/work/${work.work_id}/start`)
  await fallSilent(server.ctx, work.work_id)
  await postIs(id, 'unconfirmed')
  assert.equal((await manager.request('POST', `/v1/work/${work.work_id}/submit`, { post_url: link })).status, 409)
  assert.equal((await server.request('POST', `/v1/posts/${id}/resolve`, { outcome: 'published', post_url: link })).status, 200)
  await postIs(id, 'published')
  await until(() => hooks.received.length === 1, { what: 'the webhook' })
})
