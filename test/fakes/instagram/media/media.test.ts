import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import sharp from 'sharp'
import { create, idIn, image, jpeg, origin, processed, reel, repositoryFile, setUp, statusOf } from '../support.ts'

const { fake, ask, host } = await setUp()

const imageAt = (path: string, more: Record<string, string> = {}) => create(ask, { image_url: `${origin}${path}`, ...more })

/** The subcode that a video ends with; null if it is taken. */
async function videoEnds(path: string, more: Record<string, string> = {}): Promise<number | null> {
  const id = idIn(await create(ask, { ...reel, video_url: `${origin}${path}`, ...more }))
  return (await processed(fake, id)).error
}

const lastFetch = () => fake.fetches.at(-1)

test('media is fetched with Range requests, part by part, and what was fetched is the file', async () => {
  fake.settings.rangeBytes = 100_000
  const bytes = host.files.get('/reel.mp4') ?? Buffer.alloc(0)
  const id = idIn(await create(ask, reel))
  const { file } = await processed(fake, id)
  assert.deepEqual(lastFetch()?.requests, [
    { range: 'bytes=0-99999', status: 206 },
    { range: 'bytes=100000-199999', status: 206 },
  ])
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  assert.deepEqual(file, { kind: 'video', size: bytes.length, sha256, width: 540, height: 960, seconds: 6 })
  assert.equal(lastFetch()?.failure, null)
})

test('an image is fetched before the reply, and refused in it', async () => {
  const id = idIn(await create(ask, image))
  assert.equal(fake.containers.get(id)?.file?.width, 1080)
  assert.equal(await statusOf(ask, id), 'FINISHED')
  assert.equal((await imageAt('/missing.jpg')).error, '9004/2207052')
})

const addresses: [string, string][] = [
  ['http', 'http://media.example.com/image.jpg'],
  ['characters that are not ASCII', `${origin}/imagé.jpg`],
  ['a space', `${origin}/my image.jpg`],
  ['a user name', 'https://me@media.example.com/image.jpg'],
  ['no URL', 'image.jpg'],
  ['an empty URL', ''],
  ['a host that does not exist', 'https://other.example.com/image.jpg'],
]

for (const [what, url] of addresses) {
  test(`refuses a media URL with ${what}, and sends nothing`, async () => {
    assert.equal((await create(ask, { image_url: url })).error, '9004/2207052')
    assert.deepEqual(lastFetch()?.requests, [])
    assert.notEqual(lastFetch()?.failure, null)
  })
}

test('does not follow a redirect', async () => {
  host.instead.set('/moved.jpg', (_, response) => void response.writeHead(302, { location: `${origin}/image.jpg` }).end())
  assert.equal((await imageAt('/moved.jpg')).error, '9004/2207052')
  assert.deepEqual(lastFetch()?.requests.length, 1)
})

test('a host that ignores Range is refused, unless the fake is told to be lenient', async () => {
  const bytes = host.files.get('/image.jpg')
  host.instead.set('/whole.jpg', (_, response) => void response.writeHead(200).end(bytes))
  assert.equal((await imageAt('/whole.jpg')).error, '9004/2207052')
  fake.settings.requireRange = false
  assert.equal((await imageAt('/whole.jpg')).status, 200)
  fake.settings.requireRange = true
})

test('a host that answers another range than was asked for is refused', async () => {
  host.instead.set('/wrong.jpg', (_, response) => void response.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end('12345'))
  assert.equal((await imageAt('/wrong.jpg')).error, '9004/2207052')
})

test('a host that does not answer is a timeout', async () => {
  host.instead.set('/slow.jpg', () => undefined)
  fake.settings.fetchTimeoutMs = 50
  assert.equal((await imageAt('/slow.jpg')).error, '-2/2207003')
  assert.equal(await videoEnds('/slow.jpg'), 2207003)
  fake.settings.fetchTimeoutMs = 30_000
})

test('refuses images that are not JPEG, too large, too narrow or too wide', async () => {
  const png = sharp({ create: { width: 500, height: 500, channels: 3, background: '#fff' } }).png()
  host.files.set('/image.png', await png.toBuffer())
  host.files.set('/text.jpg', Buffer.from('not an image'))
  host.files.set('/large.jpg', Buffer.concat([await jpeg(500, 500), Buffer.alloc(8 * 1024 ** 2)]))
  host.files.set('/narrow.jpg', await jpeg(700, 1000))
  host.files.set('/wide.jpg', await jpeg(2000, 1000))
  assert.equal((await imageAt('/image.png')).error, '36001/2207005')
  assert.equal((await imageAt('/text.jpg')).error, '36001/2207005')
  assert.equal((await imageAt('/large.jpg')).error, '36000/2207004')
  assert.equal((await imageAt('/narrow.jpg')).error, '36003/2207009')
  assert.equal((await imageAt('/wide.jpg', { is_carousel_item: 'true' })).error, '36003/2207009')
})

test('takes images at both bounds of the ratio, and a story of the whole screen', async () => {
  host.files.set('/tall.jpg', await jpeg(800, 1000))
  host.files.set('/broad.jpg', await jpeg(1910, 1000))
  host.files.set('/screen.jpg', await jpeg(1080, 1920))
  assert.equal((await imageAt('/tall.jpg')).status, 200)
  assert.equal((await imageAt('/broad.jpg')).status, 200)
  assert.equal((await imageAt('/screen.jpg')).error, '36003/2207009')
  assert.equal((await imageAt('/screen.jpg', { media_type: 'STORIES' })).status, 200)
})

test('a video that does not fit ends its container as an ERROR', async () => {
  for (const name of ['moov-last.mp4', 'video.webm', 'audio-only.mp4', 'hevc.mp4', '61s.mp4']) {
    host.files.set(`/${name}`, await repositoryFile(`test/fixtures/media/${name}`))
  }
  host.files.set('/text.mp4', Buffer.from('not a video'))
  assert.equal(await videoEnds('/moov-last.mp4'), 2207026, 'index at the end')
  assert.equal(await videoEnds('/video.webm'), 2207026, 'WebM')
  assert.equal(await videoEnds('/audio-only.mp4'), 2207026, 'no picture')
  assert.equal(await videoEnds('/hevc.mp4'), 2207026, '1 s')
  assert.equal(await videoEnds('/61s.mp4'), 2207026, '2 frames per second')
  assert.equal(await videoEnds('/text.mp4'), 2207026, 'text')
  assert.equal(await videoEnds('/missing.mp4'), 2207052, 'not found')
})

test('a story lasts at most 60 s', async () => {
  host.files.set('/60s.mp4', await repositoryFile('test/fixtures/media/60s.mp4'))
  assert.equal(await videoEnds('/60s.mp4', { media_type: 'STORIES' }), null)
  assert.equal(await videoEnds('/61s.mp4', { media_type: 'STORIES' }), 2207026)
})

test('an offset outside of the video ends as an ERROR, unless a cover wins over it', async () => {
  assert.equal(await videoEnds('/reel.mp4', { thumb_offset: '5999' }), null)
  assert.equal(await videoEnds('/reel.mp4', { thumb_offset: '6000' }), 2207057)
  assert.equal(await videoEnds('/reel.mp4', { thumb_offset: '6000', cover_url: `${origin}/image.jpg` }), null)
})

test('a cover is fetched, and refused if it is not a JPEG', async () => {
  assert.equal((await create(ask, { ...reel, cover_url: `${origin}/reel.mp4` })).error, '36001/2207005')
  assert.equal((await create(ask, { ...reel, cover_url: `${origin}/missing.jpg` })).error, '9004/2207052')
})

test('without inspection every file that was fetched is taken', async () => {
  fake.settings.inspect = false
  assert.equal(await videoEnds('/text.mp4'), null)
  fake.settings.inspect = true
})
