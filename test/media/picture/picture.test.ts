import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import sharp from 'sharp'
import { fetchPicture, type MediaLimits } from '../../../src/media/index.ts'
import { claimingPng, picture } from '../pictures.ts'
import { codes, context, serveFile, stored } from '../support.ts'

async function fetched(t: TestContext, bytes: Buffer, options: { requireSquare?: boolean; limits?: Partial<MediaLimits> } = {}) {
  const croft = await context(t, options.limits)
  const { url } = await serveFile(t, bytes)
  const result = await fetchPicture(croft, { source: { url }, requireSquare: options.requireSquare ?? false })
  return { croft, result }
}

async function refusal(...given: Parameters<typeof fetched>) {
  const { croft, result } = await fetched(...given)
  assert.ok(!result.ok, 'it was taken')
  assert.equal(await stored(croft.dir), 0)
  return result.problems
}

test('a picture is stored upright and without its metadata', async (t) => {
  for (const format of ['jpeg', 'webp', 'avif', 'png'] as const) {
    const turned = format === 'jpeg'
    const bytes = turned ? await picture(format, 32, 18, 6) : await picture(format, 18, 32)
    const { croft, result } = await fetched(t, bytes)
    assert.ok(result.ok, JSON.stringify(result))
    assert.deepEqual(result.info, { width: 18, height: 32, format })
    const out = format === 'png' ? 'png' : 'jpeg'
    assert.equal(result.file.content_type, `image/${out}`)
    const found = await sharp(await buffer(await croft.store.open(result.file.hash))).metadata()
    assert.deepEqual([found.format, found.width, found.height, found.exif], [out, 18, 32, undefined])
  }
})

test("where a square is required, the message is the seed page's", async (t) => {
  assert.deepEqual(await refusal(t, await picture('jpeg', 1920, 1080), { requireSquare: true }), [
    {
      code: 'invalid_image_ratio',
      message: 'Profile picture must have a 1:1 aspect ratio (square). Provided image is 1920x1080.',
    },
  ])
  const { result } = await fetched(t, await picture('jpeg', 64, 64), { requireSquare: true })
  assert.ok(result.ok)
})

test('what is no picture is refused, whatever it is called', async (t) => {
  const svg =
    '<?xml version="1.0"?>\n<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>'
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic')])
  const texts = ['<!doctype html><p>Sign in', svg, '<svg xmlns="http://www.w3.org/2000/svg"/>', 'GIF89a', '%PDF-1.7']
  for (const bytes of [...texts.map((text) => Buffer.from(text)), heic, Buffer.alloc(0)]) {
    assert.deepEqual(codes(await refusal(t, bytes)), ['picture_not_an_image'], bytes.toString('latin1', 0, 20))
  }
})

test('a picture is decoded for real', async (t) => {
  for (const format of ['jpeg', 'png', 'webp', 'avif'] as const) {
    const noise = await sharp({
      create: { width: 200, height: 200, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
    })
      .toFormat(format)
      .toBuffer()
    const cut = await refusal(t, noise.subarray(0, Math.floor(noise.byteLength * 0.6)))
    assert.deepEqual(codes(cut), ['picture_not_an_image'], format)
  }
})

test('30,000 by 30,000 pixels are refused by their header', async (t) => {
  const before = process.memoryUsage.rss()
  assert.deepEqual(await refusal(t, claimingPng(30_000, 30_000)), [
    { code: 'picture_too_large', message: 'the picture is 30000x30000 pixels, at most 50 megapixels' },
  ])
  const jpeg = await picture('jpeg', 64, 64)
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  jpeg.writeUInt16BE(30_000, frame + 5)
  jpeg.writeUInt16BE(30_000, frame + 7)
  assert.deepEqual(codes(await refusal(t, jpeg)), ['picture_too_large'])
  const grown = process.memoryUsage.rss() - before
  assert.ok(grown < 50 * 1024 * 1024, `grew by ${grown} bytes`)
})

test('too many bytes, a server that fails, a refused address', async (t) => {
  assert.deepEqual(codes(await refusal(t, await picture('png', 64, 64), { limits: { pictureBytes: 50 } })), ['picture_too_large'])
  const croft = await context(t, { pictureMs: 100 })
  const answer = async (url: string) => {
    const result = await fetchPicture(croft, { source: { url }, requireSquare: false })
    return result.ok ? [] : [...codes(result.problems), result.retryable]
  }
  const missing = await serveFile(t, Buffer.alloc(0), (_request, response) => {
    response.writeHead(404).end()
    return true
  })
  assert.deepEqual(await answer(missing.url), ['picture_unreachable', false])
  assert.deepEqual(await answer((await serveFile(t, Buffer.alloc(0), () => true)).url), ['picture_unreachable', true])
  assert.deepEqual(await answer('https://[fe80::1]/a.png'), ['address_not_allowed', false])
  assert.deepEqual(await answer('http://example.com/a.png'), ['url_not_https', false])
})

test('an uploaded picture is taken from the store', async (t) => {
  const croft = await context(t)
  const { Readable } = await import('node:stream')
  const { hash } = await croft.store.put(Readable.from([await picture('png', 32, 32)]))
  const result = await fetchPicture(croft, { source: { hash }, requireSquare: true })
  assert.ok(result.ok)
  assert.deepEqual([result.info.width, result.file.content_type], [32, 'image/png'])
})
