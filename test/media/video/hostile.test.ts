import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { inspectOnly } from '../../../src/media/index.ts'
import { inspectVideo } from '../../../src/media/video/inspect.ts'
import { inBlocks } from '../../../src/media/readers/byte-reader.ts'
import { readIndex } from '../../../src/media/readers/tracks.ts'
import { codes, context, fixture, folder, serveFile } from '../support.ts'
import { claimingRun, claimingTimes, lyingTables, manyBoxes, sampleWith } from './hostile.ts'
import { box } from './surgery.ts'

async function problemsOf(t: TestContext, bytes: Buffer) {
  const { url } = await serveFile(t, bytes)
  return (await inspectOnly(await context(t), { source: { url }, media_type: 'video' })).problems
}

/** What reading the index says, in this process: it must refuse before anything is believed. */
async function refusalOf(t: TestContext, bytes: Buffer) {
  const path = join(await folder(t), 'index')
  await writeFile(path, bytes)
  return (await readIndex({ path, size: bytes.byteLength, parts: [{ start: 0, length: bytes.byteLength }] })).refused
}

test('a table that claims more entries than its bytes hold is refused before it is read', async (t) => {
  for (const [type, content] of Object.entries(lyingTables(4_000_000_000)))
    assert.match(
      (await refusalOf(t, await sampleWith(box(type, content)))) ?? 'read',
      new RegExp(`box ${type} claims 4000000000 entries`),
    )
})

test('the tables of true videos are believed', async (t) => {
  for (const name of ['60s.mp4', 'fragmented.mp4', 'audio-only.mp4', 'hevc.mp4', 'moov-last.mp4'])
    assert.equal(await refusalOf(t, await fixture(name)), null, name)
})

test('a few bytes that stand for billions of samples fail at once, and the process goes on', async (t) => {
  for (const bytes of [await claimingRun(4_000_000_000), await claimingTimes(4_000_000_000)])
    assert.deepEqual(codes(await problemsOf(t, bytes)), ['media_unreadable'])
})

test('what takes too much memory all the same ends its own process alone', async (t) => {
  const problems = await problemsOf(t, await claimingTimes(9_900_000))
  assert.deepEqual(problems, [
    {
      code: 'media_unreadable',
      message: 'the video cannot be read: reading it takes more time or memory than Croft allows; export it again',
    },
  ])
  assert.deepEqual(await problemsOf(t, await fixture('60s.mp4')), [])
})

test('a file of half a gigabyte of small boxes is walked in little memory, one of more boxes not to its end', async (t) => {
  const croft = await context(t)
  const before = process.memoryUsage.rss()
  const found = await inspectVideo(inBlocks(await manyBoxes(8_000)), croft)
  assert.deepEqual([found.problems, found.info?.duration_s], [[], 6])
  const grown = process.memoryUsage.rss() - before
  assert.ok(grown < 200 * 1024 * 1024, `grew by ${grown} bytes`)
  const endless = await inspectVideo(inBlocks(await manyBoxes(20_001, 20)), croft)
  assert.deepEqual(codes(endless.problems), ['media_unreadable'])
})

test('the bytes that once held the process are told to be a text', async (t) => {
  const problems = await problemsOf(t, Buffer.from('<!---->'.repeat(73)))
  assert.deepEqual(problems, [
    { code: 'media_not_mp4', message: 'the file is a text, not an MP4 video; export the video as MP4 (H.264)' },
  ])
})
