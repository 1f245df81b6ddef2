import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asking, create, finished, idIn, image, origin, reel, setUp } from '../support.ts'

const { fake, clock, ask, host } = await setUp()

const item = { ...image, is_carousel_item: 'true' }
const items = (count: number): Promise<string[]> => Promise.all(Array.from({ length: count }, () => finished(fake, ask, item)))
const carousel = (ids: readonly string[], more: Record<string, string> = {}) =>
  create(ask, { media_type: 'CAROUSEL', children: ids.join(','), ...more })

test('a reel, an image, both kinds of story and a carousel with its items are created', async () => {
  const made = async (parameters: Record<string, string>) => fake.containers.get(idIn(await create(ask, parameters)))
  assert.equal((await made(reel))?.kind, 'reel')
  assert.equal((await made(image))?.kind, 'image')
  assert.deepEqual(await made({ ...image, media_type: 'STORIES' }).then((one) => [one?.kind, one?.media]), ['story', 'image'])
  assert.equal((await made({ ...reel, media_type: 'STORIES' }))?.media, 'video')
  assert.equal((await made(item))?.kind, 'item')
  assert.equal((await made({ video_url: reel.video_url, is_carousel_item: 'true' }))?.media, 'video')
  assert.equal((await made({ video_url: reel.video_url, is_carousel_item: 'true', media_type: 'VIDEO' }))?.kind, 'item')
})

test('every parameter of a reel is taken', async () => {
  const id = idIn(
    await create(ask, {
      ...reel,
      caption: 'Hello #world @bob',
      share_to_feed: 'false',
      cover_url: `${origin}/image.jpg`,
      thumb_offset: '999999',
      audio_name: 'Original',
      collaborators: '["bob"]',
      user_tags: '[{"username":"bob"}]',
      location_id: '110843418940484',
      trial_params: '{"graduation_strategy":"MANUAL"}',
    }),
  )
  assert.equal(fake.containers.get(id)?.parameters.caption, 'Hello #world @bob')
})

test('an image takes alt_text and placed user_tags', async () => {
  const tags = '[{"username":"bob","x":0.5,"y":0.25}]'
  assert.equal((await create(ask, { ...image, alt_text: 'A square', user_tags: tags })).status, 200)
})

test('the parameters may come in the query or as JSON', async () => {
  const query = new URLSearchParams({ ...image, access_token: fake.grant('ada').value }).toString()
  assert.equal((await fetch(`${fake.bases.graph}/v26.0/me/media?${query}`, { method: 'POST' })).status, 200)
  const response = await fetch(`${fake.bases.graph}/v26.0/me/media`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${fake.grant('ada').value}` },
    body: JSON.stringify({ ...image, is_carousel_item: true }),
  })
  assert.equal(response.status, 200)
})

const refusals: [string, Record<string, string>, string][] = [
  ['VIDEO for a post of one video', { ...reel, media_type: 'VIDEO' }, '100/2207023'],
  ['an unknown media type', { ...image, media_type: 'PHOTO' }, '100/2207023'],
  ['IMAGE, where the type is to be left out', { ...image, media_type: 'IMAGE' }, '100/2207023'],
  ['a video without a media type', { video_url: reel.video_url }, '100/2207023'],
  ['a reel in a carousel', { ...reel, is_carousel_item: 'true' }, '100/2207023'],
  ['a story in a carousel', { ...image, media_type: 'STORIES', is_carousel_item: 'true' }, '100/2207023'],
  ['a reel of an image', { ...image, media_type: 'REELS' }, '100'],
  ['no media', {}, '100'],
  ['a reel without media', { media_type: 'REELS' }, '100'],
  ['image and video', { ...image, ...reel }, '100'],
  ['a caption that is too long', { ...reel, caption: 'x'.repeat(2201) }, '36004/2207010'],
  ['31 hashtags', { ...reel, caption: Array.from({ length: 31 }, (_, n) => `#t${n}`).join(' ') }, '100/2207040'],
  ['21 mentions', { ...reel, caption: Array.from({ length: 21 }, (_, n) => `@u${n}`).join(' ') }, '100/2207040'],
  ['a caption on an item', { ...item, caption: 'Hello' }, '100'],
  ['four collaborators', { ...reel, collaborators: '["a","b","c","d"]' }, '100/2207040'],
  ['tags that are not a list', { ...image, user_tags: 'bob' }, '100'],
  ['a tag without a place in an image', { ...image, user_tags: '[{"username":"bob"}]' }, '100'],
  ['a tag with a place in a reel', { ...reel, user_tags: '[{"username":"bob","x":0.5,"y":0.5}]' }, '100'],
  ['a tag outside of the image', { ...image, user_tags: '[{"username":"bob","x":1.5,"y":0.5}]' }, '100'],
  ['alt_text on a reel', { ...reel, alt_text: 'A reel' }, '100'],
  ['share_to_feed on an image', { ...image, share_to_feed: 'true' }, '100'],
  ['share_to_feed that is not a boolean', { ...reel, share_to_feed: '1' }, '100'],
  ['a negative offset', { ...reel, thumb_offset: '-1' }, '1/2207057'],
  ['an offset that is not a number', { ...reel, thumb_offset: '1s' }, '100'],
  ['an offset in an image of a carousel', { ...item, thumb_offset: '5' }, '100'],
  ['a location that is not an id', { ...reel, location_id: 'Paris' }, '100'],
  ['another graduation strategy', { ...reel, trial_params: '{"graduation_strategy":"LATER"}' }, '100'],
  ['an unknown parameter', { ...reel, shareToFeed: 'true' }, '100'],
  ['children outside of a carousel', { ...reel, children: '1,2' }, '100'],
  ['a carousel with a URL', { ...image, media_type: 'CAROUSEL' }, '100'],
  ['a carousel without children', { media_type: 'CAROUSEL' }, '100'],
  ['an unknown upload type', { media_type: 'REELS', upload_type: 'chunked' }, '100'],
]

for (const [what, parameters, error] of refusals) {
  test(`refuses ${what}`, async () => {
    const before = fake.containers.size
    const { status, error: found } = await create(ask, parameters)
    assert.equal(found, error)
    assert.equal(status, 400)
    assert.equal(fake.containers.size, before)
  })
}

test('limits of the caption are met exactly', async () => {
  const tags = Array.from({ length: 30 }, (_, n) => `#t${n}`).join(' ')
  const mentions = Array.from({ length: 20 }, (_, n) => `@u${n}`).join(' ')
  assert.equal((await create(ask, { ...image, caption: `${tags} ${mentions}` })).status, 200)
  assert.equal((await create(ask, { ...image, caption: '🙂'.repeat(2200) })).status, 200)
})

test('a carousel takes 2 and 10 children and refuses 1 and 11', async () => {
  const ids = await items(11)
  assert.equal((await carousel(ids.slice(0, 2), { caption: 'Two' })).status, 200)
  assert.equal((await carousel(ids.slice(0, 10))).status, 200)
  assert.equal((await carousel(ids.slice(0, 1))).error, '100/2207028')
  assert.equal((await carousel(ids)).error, '100/2207028')
  const list = await create(ask, { media_type: 'CAROUSEL', children: JSON.stringify(ids.slice(0, 3)) })
  assert.deepEqual(fake.containers.get(idIn(list))?.children, ids.slice(0, 3))
})

test('a carousel refuses children that are unknown, of another account, not items, twice there, unfinished, failed or expired', async () => {
  const [first = '', second = ''] = await items(2)
  const bob = asking(fake.bases.graph, fake.grant('bob').value)
  assert.equal((await carousel([first, '17912345678901234'])).error, '24/2207006')
  assert.equal((await carousel([first, idIn(await create(bob, item))])).error, '24/2207006')
  assert.equal((await carousel([first, await finished(fake, ask, image)])).error, '100')
  assert.equal((await carousel([first, first])).error, '100')
  fake.plan({ reads: 1 }, { error: 2207076 })
  assert.equal((await carousel([first, idIn(await create(ask, item))])).error, '9007/2207027')
  assert.equal((await carousel([first, idIn(await create(ask, item))])).error, '24/2207008')
  clock.forward(24 * 3_600_000)
  assert.equal((await carousel([first, second])).error, '-2/2207020')
})

test('a call needs the scope and the path of its own account', async () => {
  const reader = asking(fake.bases.graph, fake.grant('ada', { scopes: ['instagram_business_basic'] }).value)
  const denied = await create(reader, image)
  assert.equal(denied.error, '10')
  assert.match(JSON.stringify(denied.json), /instagram_business_content_publish/)
  assert.equal((await ask('POST', `/v26.0/${fake.account('bob').igId}/media`, image)).error, '100/33')
  assert.equal((await ask('POST', `/v26.0/${fake.account('ada').igId}/media`, image)).status, 200)
})

test('an account creates 400 containers in a rolling day', async () => {
  const {
    fake: other,
    clock: time,
    ask: call,
  } = await setUp({ settings: { inspect: false, origins: { [origin]: host.address } } })
  const template = other.containers.get(idIn(await create(call, image)))
  assert.ok(template)
  for (let count = 1; count < 400; count += 1) {
    const id = `179${String(count).padStart(14, '0')}`
    other.containers.set(id, { ...template, id })
  }
  assert.equal((await create(call, image)).error, '4')
  const bob = asking(other.bases.graph, other.grant('bob').value)
  assert.equal((await create(bob, image)).status, 200)
  time.forward(24 * 3_600_000)
  assert.equal((await create(call, image)).status, 200)
})
