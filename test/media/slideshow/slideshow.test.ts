import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import sharp from 'sharp'
import { ingest, inspectOnly, type MediaLimits } from '../../../src/media/index.ts'
import { checkSlideshow } from '../../../src/media/slideshow/check.ts'
import { claimingPng, picture } from '../pictures.ts'
import { codes, context, sampleSlidesPath, serveFile, stored, withoutRanges, zip } from '../support.ts'
import { deflatedZeros, rawZip } from './raw-zip.ts'

const jpeg = await picture('jpeg')
const slideshow = (url: string) => ({ source: { url }, media_type: 'slideshow' as const })

async function check(t: TestContext, bytes: Buffer, limits: Partial<MediaLimits> = {}) {
  const croft = await context(t, limits)
  const path = join(croft.dir, 'slides.zip')
  await writeFile(path, bytes)
  return checkSlideshow(path, croft)
}

test('the sample is stored as it is, slide by slide', async (t) => {
  const croft = await context(t)
  const { url } = await serveFile(t, await readFile(sampleSlidesPath))
  const result = await ingest(croft, slideshow(url))
  assert.ok(result.ok, JSON.stringify(result))
  const { kind, slides, width, height, duration_s, files } = result.media
  assert.deepEqual([kind, slides, width, height, duration_s], ['slideshow', 4, 1080, 1920, null])
  assert.deepEqual(
    files.map(({ n, content_type }) => [n, content_type]),
    [1, 2, 3, 4].map((n) => [n, 'image/jpeg']),
  )
  assert.equal(await stored(croft.dir), 4)
  const { hash } = await croft.store.put((await import('node:fs')).createReadStream(sampleSlidesPath))
  assert.deepEqual(await ingest(croft, { source: { hash }, media_type: 'slideshow' }), result)
})

test('an upright JPEG keeps its bytes; a turned one and other formats become upright JPEGs on white', async (t) => {
  const croft = await context(t)
  const bytes = await zip({
    '__MACOSX/._slide-1.jpg': Buffer.from('x'),
    '.DS_Store': Buffer.from('x'),
    'slide-2.jpg': await picture('jpeg', 16, 9, 6),
    'slide-1.JPG': jpeg,
    'slide-3.png': await picture('png'),
    'slide-4.webp': await picture('webp'),
    'slide-5.avif': await picture('avif', 18, 32),
  })
  const result = await ingest(croft, slideshow((await serveFile(t, bytes)).url))
  assert.ok(result.ok, JSON.stringify(result))
  const contents = await Promise.all(result.media.files.map(async ({ hash }) => buffer(await croft.store.open(hash))))
  assert.deepEqual(contents[0], jpeg)
  for (const [index, content] of contents.entries()) {
    const { format, width, height, orientation, hasAlpha } = await sharp(content).metadata()
    assert.deepEqual(
      [format, width, height, orientation ?? 1, hasAlpha],
      ['jpeg', ...(index === 4 ? [18, 32] : [9, 16]), 1, false],
    )
  }
  const [red = 0, green = 0] = await sharp(contents[2]).raw().toBuffer()
  assert.ok(red > 215 && green > 120, 'half transparent red on white is pink')
})

test('all that is wrong is told at once, by name', async (t) => {
  const bytes = rawZip([
    { name: 'slide-1.jpg', data: await picture('png') },
    { name: 'slide-02.jpg', data: jpeg },
    { name: 'a/slide-3.jpg', data: jpeg },
    { name: '../slide-4.jpg', data: jpeg },
    { name: 'b\\slide-4.jpg', data: jpeg },
    { name: 'slide-5.jpg', data: Buffer.from('/etc/passwd'), mode: 0o120777 },
    { name: 'slide-6.jpg', data: jpeg, size: jpeg.byteLength - 12, flags: 0x801 },
    { name: 'slide-7.png', data: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') },
    { name: 'slide-8.jpg', data: jpeg.subarray(0, jpeg.byteLength / 2) },
    { name: 'slide-8.png', data: await picture('png') },
    { name: 'readme.txt', data: Buffer.from('hello') },
  ])
  const { problems } = await check(t, bytes)
  const messages = problems.map(({ message }) => message).join('\n')
  for (const expected of [
    '"slide-1.jpg" is a PNG picture, not JPEG as its name says', '"slide-02.jpg" has a leading zero', '"a/slide-3.jpg" is in a folder',
    '"../slide-4.jpg" is in a folder', '"b/slide-4.jpg" is in a folder', '"slide-5.jpg" is a link', '"slide-6.jpg" is encrypted',
    '"slide-7.png" is an SVG drawing, not PNG', '"slide-8.jpg" is damaged', '"slide-8.jpg" and "slide-8.png" have the same number',
    '"readme.txt" is not a slide', 'slide-2, slide-3, slide-4 are missing',
  ]) assert.ok(messages.includes(expected), `${expected} in\n${messages}`) // prettier-ignore
})

test('an empty zip, a gap, too many slides', async (t) => {
  assert.deepEqual(codes((await check(t, rawZip([]))).problems), ['slideshow_empty'])
  assert.match(
    (await check(t, await zip({ 'slide-1.jpg': jpeg, 'slide-3.jpg': jpeg }))).problems[0]?.message ?? '',
    /^slide-2 is missing/,
  )
  const many = rawZip(Array.from({ length: 36 }, (_, i) => ({ name: `slide-${i + 1}.jpg`, data: jpeg })))
  assert.deepEqual((await check(t, many)).problems, [
    { code: 'slideshow_too_many_entries', message: 'the zip has 36 slides, at most 35' },
  ])
  const full = rawZip(Array.from({ length: 35 }, (_, i) => ({ name: `slide-${i + 1}.jpg`, data: jpeg })))
  assert.deepEqual((await check(t, full)).problems, [])
})

test('a thousand bad entries are told in a few lines, more are not listed', async (t) => {
  const junk = (count: number) => rawZip(Array.from({ length: count }, (_, i) => ({ name: `${i}.txt`, data: Buffer.alloc(0) })))
  const { problems } = await check(t, junk(1000))
  assert.equal(problems.length, 21)
  assert.match(problems.at(-1)?.message ?? '', /and 981 more problems/)
  assert.deepEqual(codes((await check(t, junk(1001))).problems), ['slideshow_too_many_entries'])
})

test('a zip that expands to 10 GB is refused by its own list', async (t) => {
  const data = deflatedZeros(300)
  const entry = { data, method: 8, size: 300 * 1024 * 1024, crc: 0 }
  const bytes = rawZip(Array.from({ length: 35 }, (_, i) => ({ name: `slide-${i + 1}.jpg`, ...entry })))
  const { problems } = await check(t, bytes)
  assert.ok(codes(problems).includes('slide_too_large'))
  assert.equal(problems.length, 21)
  const small = { data: deflatedZeros(18), method: 8, size: 18 * 1024 * 1024, crc: 0 }
  const together = rawZip(Array.from({ length: 35 }, (_, i) => ({ name: `slide-${i + 1}.jpg`, ...small })))
  assert.deepEqual(codes((await check(t, together)).problems), ['slideshow_too_large'])
})

test('a slide that expands to 10 GB and says 1,000 bytes stops where it lies', async (t) => {
  const data = deflatedZeros(10 * 1024)
  const before = process.memoryUsage.rss()
  const { problems } = await check(t, rawZip([{ name: 'slide-1.jpg', data, method: 8, size: 1000, crc: 0 }]))
  assert.deepEqual(codes(problems), ['slide_unreadable'])
  assert.ok(process.memoryUsage.rss() - before < 100 * 1024 * 1024)
})

test('wrong sizes, checksums and pixels', async (t) => {
  const one = (entry: Partial<Parameters<typeof rawZip>[0][number]>) => rawZip([{ name: 'slide-1.jpg', data: jpeg, ...entry }])
  assert.deepEqual(codes((await check(t, one({ crc: 1 }))).problems), ['slide_unreadable'])
  assert.deepEqual(codes((await check(t, one({ size: 5 }))).problems), ['media_not_zip'])
  assert.deepEqual(codes((await check(t, one({ method: 99 }))).problems), ['slide_not_allowed'])
  assert.deepEqual(codes((await check(t, one({ data: Buffer.from('x'), method: 8, size: 9 }))).problems), ['slide_unreadable'])
  assert.deepEqual(codes((await check(t, one({}), { slideBytes: 10 })).problems), ['slide_too_large'])
  const huge = await check(t, rawZip([{ name: 'slide-1.png', data: claimingPng(30_000, 30_000) }]))
  assert.deepEqual(huge.problems, [
    { code: 'slide_too_large', message: '"slide-1.png" is 30000x30000, 900 megapixels, at most 50' },
  ])
})

test('what is no zip, or a cut one, is refused', async (t) => {
  const croft = await context(t)
  const refuse = async (bytes: Buffer) => {
    const result = await ingest(croft, slideshow((await serveFile(t, bytes, withoutRanges(bytes))).url))
    assert.ok(!result.ok)
    return result.problems[0]?.message ?? ''
  }
  assert.match(await refuse(jpeg), /the file is a JPEG picture, not a zip of slides/)
  assert.match(await refuse(Buffer.from('<html>')), /an HTML page/)
  const whole = await zip({ 'slide-1.jpg': jpeg })
  assert.match(await refuse(whole.subarray(0, whole.byteLength - 30)), /the zip is damaged/)
  assert.match(await refuse(rawZip([{ name: 'slide-1.jpg', data: jpeg }], 5)), /the zip is damaged/)
  assert.equal(await stored(croft.dir), 0)
})

test('a zip over its limit is refused by size; inspecting keeps nothing', async (t) => {
  const small = await context(t, { zipBytes: 100 })
  const bytes = await readFile(sampleSlidesPath)
  const { url } = await serveFile(t, bytes)
  const refused = await ingest(small, slideshow(url))
  assert.deepEqual(refused.ok ? [] : codes(refused.problems), ['media_too_large'])
  const { hash } = await small.store.put((await import('node:fs')).createReadStream(sampleSlidesPath))
  const uploaded = await ingest(small, { source: { hash }, media_type: 'slideshow' })
  assert.deepEqual(uploaded.ok ? [] : codes(uploaded.problems), ['media_too_large'])
  const croft = await context(t)
  const found = await inspectOnly(croft, slideshow(url))
  assert.deepEqual([found.ok, found.info?.slides], [true, 4])
  assert.equal(await stored(croft.dir), 0)
})
