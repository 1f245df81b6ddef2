import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asking, create, finished, idIn, image, origin, publish, reel, setUp, statusOf } from '../support.ts'

const { fake, clock, ask } = await setUp()
const day = 24 * 3_600_000

const count = () => fake.posts('ada').length

/** What is on the platform changes by so many posts. */
async function adds<Result>(posts: number, act: () => Promise<Result>): Promise<Result> {
  const before = count()
  const result = await act()
  assert.equal(count() - before, posts)
  return result
}

const lost = (call: Promise<unknown>) => assert.rejects(call, TypeError)

test('a finished container becomes one post with an id of its own', async () => {
  const id = await finished(fake, ask, { ...reel, caption: 'Hello' })
  const media = await adds(1, async () => idIn(await publish(ask, id)))
  assert.notEqual(media, id)
  const post = fake.posts('ada').at(-1)
  assert.equal(post?.id, media)
  assert.equal(post.containerId, id)
  assert.equal(post.caption, 'Hello')
  assert.equal(post.files[0]?.kind, 'video')
  assert.equal(fake.containers.get(id)?.publishedAs, media)
})

test('a carousel is one post with the files of its items, and items are not published by themselves', async () => {
  const first = await finished(fake, ask, { ...image, is_carousel_item: 'true' })
  const second = await finished(fake, ask, { video_url: `${origin}/reel.mp4`, is_carousel_item: 'true' })
  assert.equal((await adds(0, () => publish(ask, first))).error, '24/2207006')
  const parent = idIn(await create(ask, { media_type: 'CAROUSEL', children: `${first},${second}`, caption: 'Both' }))
  assert.equal(await statusOf(ask, parent), 'FINISHED')
  await adds(1, () => publish(ask, parent))
  const post = fake.posts('ada').at(-1)
  assert.deepEqual(
    post?.files.map(({ kind }) => kind),
    ['image', 'video'],
  )
})

test('a container is published once', async () => {
  const id = await finished(fake, ask)
  await adds(1, () => publish(ask, id))
  assert.equal((await adds(0, () => publish(ask, id))).error, '9007/2207027')
})

test('two publishes of one container at the same time make one post', async () => {
  const id = await finished(fake, ask)
  const replies = await adds(1, () => Promise.all([publish(ask, id), publish(ask, id)]))
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 400])
})

test('9007 while the container is IN_PROGRESS, then ok', async () => {
  fake.plan({ reads: 1 })
  const id = idIn(await create(ask, image))
  assert.equal((await adds(0, () => publish(ask, id))).error, '9007/2207027')
  await statusOf(ask, id)
  assert.equal((await adds(1, () => publish(ask, id))).status, 200)
})

test('9007 though the container is FINISHED, then ok', async () => {
  const id = await finished(fake, ask)
  fake.fail('media_publish', { code: '9007/2207027' }, { times: 1 })
  assert.equal((await adds(0, () => publish(ask, id))).error, '9007/2207027')
  assert.equal((await adds(1, () => publish(ask, id))).status, 200)
})

test('a reply that is lost after the effect: the container is PUBLISHED, and the post exists', async () => {
  const id = await finished(fake, ask)
  fake.fail('media_publish', { lost: true, afterEffect: true }, { times: 1 })
  await adds(1, () => lost(publish(ask, id)))
  assert.equal(await statusOf(ask, id), 'PUBLISHED')
})

test('a reply that is lost before the effect: the container is FINISHED, and a second publish makes the one post', async () => {
  const id = await finished(fake, ask)
  fake.fail('media_publish', { lost: true }, { times: 1 })
  await adds(0, () => lost(publish(ask, id)))
  assert.equal(await statusOf(ask, id), 'FINISHED')
  await adds(1, () => publish(ask, id))
})

test('4/2207051 while the post is live, and without a post', async () => {
  const live = await finished(fake, ask)
  fake.fail('media_publish', { code: '4/2207051', afterEffect: true }, { times: 1 })
  assert.equal((await adds(1, () => publish(ask, live))).error, '4/2207051')
  assert.equal(await statusOf(ask, live), 'PUBLISHED')
  const refused = await finished(fake, ask)
  fake.fail('media_publish', { code: '4/2207051' }, { times: 1 })
  assert.equal((await adds(0, () => publish(ask, refused))).error, '4/2207051')
  assert.equal(await statusOf(ask, refused), 'FINISHED')
})

test('a 500 after the effect and a 500 before it', async () => {
  const id = await finished(fake, ask)
  fake.fail('media_publish', { status: 500 }, { times: 1 })
  fake.fail('media_publish', { status: 500, afterEffect: true }, { times: 1 })
  assert.equal((await adds(0, () => publish(ask, id))).status, 500)
  const after = await adds(1, () => publish(ask, id))
  assert.equal(after.error, '2')
})

test('unknown, foreign, failed and missing containers are refused', async () => {
  assert.equal((await publish(ask, '17912345678901234')).error, '24/2207006')
  const bob = asking(fake.bases.graph, fake.grant('bob').value)
  const id = await finished(fake, ask)
  assert.equal((await publish(bob, id)).error, '24/2207006')
  fake.plan({ error: 2207076 })
  assert.equal((await publish(ask, await finished(fake, ask))).error, '24/2207008')
  assert.equal((await ask('POST', '/v26.0/me/media_publish')).error, '100')
  const reader = asking(fake.bases.graph, fake.grant('ada', { scopes: ['instagram_business_basic'] }).value)
  assert.equal((await publish(reader, id)).error, '10')
})

test('a restricted account cannot publish', async () => {
  const id = await finished(fake, ask)
  fake.account('ada').restricted = true
  assert.equal((await adds(0, () => publish(ask, id))).error, '25/2207050')
  fake.account('ada').restricted = false
})

for (const quota of [50, 100]) {
  test(`the daily limit of ${quota}: asked, reached with 9/2207042, and free again after a day`, async () => {
    const ada = Object.assign(fake.account('ada'), { quotaTotal: quota, quotaUsedElsewhere: quota - 2 })
    clock.forward(day)
    const limit = async () => (await ask('GET', '/v26.0/me/content_publishing_limit', { fields: 'config,quota_usage' })).json
    const rows = (usage: number) => ({ data: [{ quota_usage: usage, config: { quota_total: quota, quota_duration: 86_400 } }] })
    assert.deepEqual(await limit(), rows(quota - 2))
    await adds(1, async () => publish(ask, await finished(fake, ask, image)))
    clock.forward(1000)
    await adds(1, async () => publish(ask, await finished(fake, ask, image)))
    assert.deepEqual(await limit(), rows(quota))
    const waiting = await finished(fake, ask, image)
    assert.equal((await adds(0, () => publish(ask, waiting))).error, '9/2207042')
    clock.forward(day - 1000)
    assert.deepEqual(await limit(), rows(quota - 1))
    assert.equal((await adds(1, () => publish(ask, waiting))).status, 200)
    ada.quotaUsedElsewhere = 0
  })
}

test('the limit shows its usage alone without fields, and refuses an unknown field', async () => {
  clock.forward(day)
  assert.deepEqual((await ask('GET', '/v26.0/me/content_publishing_limit')).json, { data: [{ quota_usage: 0 }] })
  assert.equal((await ask('GET', '/v26.0/me/content_publishing_limit', { fields: 'quota' })).error, '100')
})
