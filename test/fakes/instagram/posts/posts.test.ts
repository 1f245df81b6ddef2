import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asking, finished, idIn, image, publish, reel, setUp } from '../support.ts'

const { fake, clock, ask } = await setUp()

async function post(parameters: Record<string, string>): Promise<string> {
  return idIn(await publish(ask, await finished(fake, ask, parameters)))
}

const existing = (id: string) => {
  const found = fake.posts().find((one) => one.id === id)
  assert.ok(found)
  return found
}

const withScopes = (...scopes: string[]) => asking(fake.bases.graph, fake.grant('ada', { scopes }).value)

test('the permalink of a reel, a post and a story', async () => {
  const permalink = async (parameters: Record<string, string>) =>
    String((await ask('GET', `/v26.0/${await post(parameters)}`, { fields: 'permalink' })).json.permalink)
  assert.match(await permalink(reel), /^https:\/\/www\.instagram\.com\/reel\/C[\w-]{10}\/$/)
  assert.match(await permalink(image), /^https:\/\/www\.instagram\.com\/p\/C[\w-]{10}\/$/)
  assert.match(await permalink({ ...image, media_type: 'STORIES' }), /^https:\/\/www\.instagram\.com\/stories\/ada\/180\d+\/$/)
})

test('a read of the permalink that fails leaves the post', async () => {
  const id = await post(image)
  fake.fail('media', { status: 500 }, { times: 1 })
  fake.fail('media', { lost: true }, { times: 1 })
  assert.equal((await ask('GET', `/v26.0/${id}`, { fields: 'permalink' })).error, '2')
  await assert.rejects(ask('GET', `/v26.0/${id}`, { fields: 'permalink' }), TypeError)
  assert.equal((await ask('GET', `/v26.0/${id}`, { fields: 'permalink' })).status, 200)
  assert.equal(existing(id).id, id)
})

test('the fields of a media', async () => {
  const id = await post({ ...reel, caption: 'Hello', share_to_feed: 'false' })
  const fields = 'media_type,media_product_type,caption,timestamp,username,like_count,comments_count,is_shared_to_feed'
  const { json } = await ask('GET', `/v26.0/${id}`, { fields })
  assert.deepEqual(json, {
    id,
    media_type: 'VIDEO',
    media_product_type: 'REELS',
    caption: 'Hello',
    timestamp: `${clock.now().toISOString().slice(0, 19)}+0000`,
    username: 'ada',
    like_count: 0,
    comments_count: 0,
    is_shared_to_feed: false,
  })
  assert.equal((await ask('GET', `/v26.0/${id}`, { fields: 'secret' })).error, '100')
})

test('the list of media has the newest first and no stories', async () => {
  const [first, story, second] = [await post(image), await post({ ...image, media_type: 'STORIES' }), await post(image)]
  const ids = ((await ask('GET', '/v26.0/me/media')).json.data as { id: string }[]).map(({ id }) => id)
  assert.deepEqual(ids.slice(0, 2), [second, first])
  assert.ok(!ids.includes(story))
})

test('media of another account and unknown media are not readable', async () => {
  const id = await post(image)
  const bob = asking(fake.bases.graph, fake.grant('bob').value)
  assert.equal((await bob('GET', `/v26.0/${id}`)).error, '100/33')
  assert.equal((await bob('POST', `/v26.0/${id}/comments`, { message: 'Hi' })).error, '100/33')
  assert.equal((await ask('GET', '/v26.0/18000000000000000')).error, '100/33')
})

test('a first comment on own media', async () => {
  const id = await post(image)
  const comment = idIn(await ask('POST', `/v26.0/${id}/comments`, { message: 'First! #tag' }))
  assert.deepEqual(
    existing(id).comments.map(({ text }) => text),
    ['First! #tag'],
  )
  const { json } = await ask('GET', `/v26.0/${id}/comments`)
  assert.deepEqual(
    (json.data as { id: string; text: string }[]).map((one) => [one.id, one.text]),
    [[comment, 'First! #tag']],
  )
})

test('a comment needs a message, the scope, and media that has comments', async () => {
  const id = await post(image)
  assert.equal((await ask('POST', `/v26.0/${id}/comments`)).error, '100')
  const publisher = withScopes('instagram_business_basic', 'instagram_business_content_publish')
  assert.equal((await publisher('POST', `/v26.0/${id}/comments`, { message: 'Hi' })).error, '10')
  const story = await post({ ...image, media_type: 'STORIES' })
  assert.equal((await ask('POST', `/v26.0/${story}/comments`, { message: 'Hi' })).error, '100')
  assert.equal(existing(id).comments.length, 0)
})

test('a comment whose reply is lost exists', async () => {
  const id = await post(image)
  fake.fail('comments/create', { lost: true, afterEffect: true }, { times: 1 })
  await assert.rejects(ask('POST', `/v26.0/${id}/comments`, { message: 'Hi' }), TypeError)
  assert.equal(existing(id).comments.length, 1)
})

test('insights answers what was set, and leaves out what has no data', async () => {
  const id = await post(reel)
  const read = async () => (await ask('GET', `/v26.0/${id}/insights`, { metric: 'views,likes,comments,shares' })).json
  assert.deepEqual(await read(), { data: [] })
  existing(id).metrics = { views: 120, likes: 7, shares: 0 }
  const { data } = (await read()) as { data: { name: string; period: string; values: { value: number }[]; id: string }[] }
  assert.deepEqual(
    data.map(({ name, values }) => [name, values[0]?.value]),
    [
      ['views', 120],
      ['likes', 7],
      ['shares', 0],
    ],
  )
  assert.equal(data[0]?.period, 'lifetime')
  assert.equal(data[0].id, `${id}/insights/views/lifetime`)
})

test('insights refuses retired metrics, metrics of other media, no metric, and a token without the scope', async () => {
  const id = await post(image)
  const error = async (metric: string) => (await ask('GET', `/v26.0/${id}/insights`, { metric })).error
  assert.equal(await error('impressions'), '100')
  assert.equal(await error('views,ig_reels_avg_watch_time'), '100')
  assert.equal((await ask('GET', `/v26.0/${id}/insights`)).error, '100')
  assert.equal((await withScopes('instagram_business_basic')('GET', `/v26.0/${id}/insights`, { metric: 'views' })).error, '10')
})

test('a story has metrics for 24 hours, from five viewers on, and no likes', async () => {
  const id = await post({ ...image, media_type: 'STORIES' })
  const read = () => ask('GET', `/v26.0/${id}/insights`, { metric: 'views' })
  assert.equal((await read()).error, '10')
  existing(id).metrics = { views: 9, reach: 5 }
  assert.equal(((await read()).json.data as object[]).length, 1)
  assert.equal((await ask('GET', `/v26.0/${id}/insights`, { metric: 'likes' })).error, '100')
  clock.forward(24 * 3_600_000)
  assert.deepEqual((await read()).json, { data: [] })
})

test('the page at the root shows the posts with captions and comments escaped', async () => {
  const id = await post({ ...image, caption: '<i>Hello</i>' })
  await ask('POST', `/v26.0/${id}/comments`, { message: '<script>' })
  const html = await (await fetch(fake.address)).text()
  assert.match(html, /&lt;i&gt;Hello/)
  assert.match(html, /&lt;script&gt;/)
  assert.ok(!html.includes('<script>'))
})
