import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { defaultLimits, type Inspection, type MediaLimits } from '../../../src/media/index.ts'
import { inspectVideo } from '../../../src/media/video/inspect.ts'
import { fileReader } from '../../../src/media/readers/byte-reader.ts'
import { codes, fixture, fixturePath, folder, isolation, samplePath } from '../support.ts'
import { box } from './surgery.ts'

async function inspectFile(path: string, limits: Partial<MediaLimits> = {}): Promise<Inspection> {
  const reader = await fileReader(path)
  const context = { isolation, owner: 'a team', temporaryDir: tmpdir(), limits: { ...defaultLimits, ...limits } }
  return inspectVideo(reader, context).finally(() => reader.close())
}

async function inspectBytes(t: TestContext, bytes: Buffer): Promise<Inspection> {
  const path = join(await folder(t), 'video')
  await writeFile(path, bytes)
  return inspectFile(path)
}

test('the sample is fine as it is', async () => {
  const { info, problems, warnings } = await inspectFile(samplePath)
  assert.deepEqual([problems, warnings], [[], []])
  const { size } = await import('node:fs').then(({ statSync }) => statSync(samplePath))
  assert.deepEqual(info, {
    kind: 'video',
    size,
    duration_s: 6,
    width: 540,
    height: 960,
    rotation: 0,
    codec: 'h264',
    slides: null,
  })
})

test('each fault is told with what to do', async () => {
  const hevc = await inspectFile(fixturePath('hevc.mp4'))
  assert.deepEqual(hevc.problems, [{ code: 'media_codec_unsupported', message: 'codec is hevc; export the video as H.264' }])
  assert.equal(hevc.info?.codec, 'hevc')
  const long = await inspectFile(fixturePath('61s.mp4'))
  assert.deepEqual(long.problems, [{ code: 'media_too_long', message: '61.5 s, at most 60 s' }])
  assert.deepEqual(codes((await inspectFile(fixturePath('audio-only.mp4'))).problems), ['media_no_video_track'])
})

test("a minute with an encoder's padding is a minute", async () => {
  const { info, problems } = await inspectFile(fixturePath('60s.mp4'))
  assert.equal(info?.duration_s, 60.04)
  assert.deepEqual(problems, [])
})

test('all problems come at once', async () => {
  const { problems } = await inspectFile(fixturePath('hevc.mp4'), { videoSeconds: 0.5, videoBytes: 2000 })
  assert.deepEqual(codes(problems), ['media_too_large', 'media_codec_unsupported', 'media_too_long'])
})

test('rotation counts before the ratio is judged', async () => {
  const landscape = await inspectFile(fixturePath('landscape.mp4'))
  assert.deepEqual(codes(landscape.warnings), ['media_aspect_ratio'])
  const rotated = await inspectFile(fixturePath('rotated.mp4'))
  assert.deepEqual([rotated.info?.width, rotated.info?.height, rotated.warnings], [90, 160, []])
})

test('the index may come last, or in fragments', async () => {
  for (const name of ['moov-last.mp4', 'fragmented.mp4'])
    assert.deepEqual((await inspectFile(fixturePath(name))).problems, [], name)
})

test('what is no MP4 is named for what it looks like', async (t) => {
  const expect = async (bytes: Buffer, words: string) => {
    const { info, problems } = await inspectBytes(t, bytes)
    assert.equal(info, null)
    assert.deepEqual(codes(problems), ['media_not_mp4'])
    assert.ok(problems[0]?.message.startsWith(`the file is ${words}`), problems[0]?.message)
  }
  await expect(Buffer.from('\n<!-- x --><!DOCTYPE html><html><body>Sign in</body></html>'), 'an HTML page, not an MP4 video')
  await expect(Buffer.from('{"error": "expired"}'), 'a JSON text')
  await expect(Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), 'an XML document')
  await expect(Buffer.from('#EXTM3U\n#EXT-X-VERSION:3\n'), 'a playlist')
  await expect(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), 'a JPEG picture')
  await expect(Buffer.from('PK\x03\x04aaaa', 'latin1'), 'a zip')
  await expect(
    Buffer.from('\ufeff <?xml version="1.0"?>\n<!-- a --> <!-- b -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
    'an SVG drawing',
  )
  await expect(Buffer.from('fLaC\0\0\0\x22' + '\0'.repeat(100)), 'a file of the type audio/flac')
  await expect(Buffer.from('<!---->'.repeat(73)), 'a text')
  await expect(Buffer.alloc(0), 'empty')
  await expect(Buffer.alloc(100), 'a file of an unknown kind')
  await expect(await fixture('quicktime.mov'), 'a QuickTime movie (.mov)')
  await expect(await fixture('video.webm'), 'a WebM or Matroska video')
})

test('a cut file is told, wherever its index stands', async (t) => {
  const sample = await readFile(samplePath)
  const cut = await inspectBytes(t, sample.subarray(0, sample.byteLength - 5000))
  assert.deepEqual(codes(cut.problems), ['media_truncated'])
  assert.match(cut.problems[0]?.message ?? '', /ends early: it has 170 KiB of 174\.9 KiB/)
  const last = await fixture('moov-last.mp4')
  assert.deepEqual(codes((await inspectBytes(t, last.subarray(0, 1000))).problems), ['media_truncated'])
  assert.deepEqual(codes((await inspectBytes(t, sample.subarray(0, 2000))).problems), ['media_truncated'])
  const unfinished = Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0isom')), box('mdat', Buffer.alloc(5000))])
  assert.deepEqual(codes((await inspectBytes(t, unfinished)).problems), ['media_truncated'])
})

test('a damaged or hostile index is refused, not believed and not held in memory', async (t) => {
  const sample = await readFile(samplePath)
  const moov = sample.indexOf('moov')
  const damaged = Buffer.from(sample)
  damaged.fill(0xff, moov + 4, moov + 200)
  assert.deepEqual(codes((await inspectBytes(t, damaged)).problems), ['media_not_mp4'])
  const huge = Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0isom')), box('moov', Buffer.alloc(9 * 1024 * 1024))])
  assert.deepEqual(codes((await inspectBytes(t, huge)).problems), ['media_too_long'])
  const samples = sample.indexOf('stsz')
  const lying = Buffer.from(sample)
  lying.writeUInt32BE(0xffffffff, samples + 12)
  assert.notDeepEqual((await inspectBytes(t, lying)).problems, [])
})
