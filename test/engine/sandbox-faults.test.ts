import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { PostStatus } from '../../src/db/schema.ts'
import type { SandboxCall, SandboxFaultKind } from '../../src/db/sandbox-tables.ts'
import { addFault } from '../../src/drivers/sandbox/index.ts'
import { standingClock } from '../support/clock.ts'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { drivePost } from '../support/drive.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { onPlatform, prepare, prepared } from '../support/posts.ts'
import { readyProfile } from '../support/ready-profile.ts'

const clock = standingClock()
let server: TestCroft
let media: MediaServer

before(async () => {
  media = await startMediaServer()
  server = await testCroft({ work: false, substitutes: { clock, driverTimeoutMs: 300 } })
})
after(async () => {
  await server.stop()
  await media.stop()
})

const onceOnly: [SandboxCall, SandboxFaultKind, PostStatus, number][] = [
  ['upload', 'refuse', 'published', 1],
  ['upload', 'refuse_for_good', 'failed', 0],
  ['upload', 'hang', 'published', 1],
  ['upload', 'commit_then_hang', 'published', 1],
  ['upload', 'lose_answer', 'published', 1],
  ['publish', 'refuse', 'published', 1],
  ['publish', 'refuse_for_good', 'failed', 0],
  ['publish', 'hang', 'published', 1],
  ['publish', 'commit_then_hang', 'published', 1],
  ['publish', 'lose_answer', 'published', 1],
  ['publish', 'forget', 'published', 1],
]
const forGood: [SandboxCall, SandboxFaultKind, PostStatus, number][] = [
  ['upload', 'refuse', 'failed', 0],
  ['upload', 'lose_answer', 'failed', 0],
  ['publish', 'refuse', 'failed', 0],
  ['publish', 'hang', 'failed', 0],
  ['publish', 'commit_then_hang', 'published', 1],
  ['publish', 'lose_answer', 'published', 1],
]

for (const [times, cases] of [
  [1, onceOnly],
  [1_000, forGood],
] as const) {
  for (const [call, fault, status, count] of cases) {
    for (const mediaType of ['video', 'slideshow'] as const) {
      test(`${fault} at ${call}${times > 1 ? ' again and again' : ''}: a ${mediaType} is ${status}, ${count} on the platform`, async () => {
        const { ctx, team } = server
        const profile = await readyProfile(ctx, team)
        const file = mediaType === 'video' ? 'sample.mp4' : 'sample-slides.zip'
        const post = await prepared(ctx, team, profile, { mediaType, mediaUrl: media.url(file) })
        await addFault(ctx, { teamId: team.id, profileId: profile.id, call, fault, times })
        const ended = await drivePost(ctx, clock, post)
        assert.equal(ended.status, status, ended.failure?.message)
        assert.equal((await onPlatform(ctx, post)).length, count)
        assert.equal(ended.failure === null, status === 'published')
        assert.equal(ended.post_url !== null, status === 'published')
      })
    }
  }
}

test('a draft whose answer was lost is saved once, and goes live once though that answer is lost too', async () => {
  const { ctx, team, request } = server
  const profile = await readyProfile(ctx, team)
  const post = await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4'), isLive: false })
  const lose = () => addFault(ctx, { teamId: team.id, profileId: profile.id, call: 'publish', fault: 'lose_answer', times: 1 })
  await lose()
  assert.equal((await drivePost(ctx, clock, post)).status, 'draft_saved')
  assert.deepEqual(
    (await onPlatform(ctx, post)).map((row) => row.live_at),
    [null],
  )
  await lose()
  const answer = await request('POST', `/v1/posts/${post.id}/publish`)
  assert.equal(answer.status, 200)
  assert.equal((await drivePost(ctx, clock, post)).status, 'published')
  const rows = await onPlatform(ctx, post)
  assert.equal(rows.length, 1)
  assert.notEqual(rows[0]?.live_at, null)
})

test('a draft whose release is refused stays a draft on the platform, and a retry lets the same one go live', async () => {
  const { ctx, team, request } = server
  const profile = await readyProfile(ctx, team)
  const post = await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4'), isLive: false })
  await drivePost(ctx, clock, post)
  await addFault(ctx, { teamId: team.id, profileId: profile.id, call: 'publish', fault: 'refuse_for_good', times: 1 })
  await request('POST', `/v1/posts/${post.id}/publish`)
  assert.equal((await drivePost(ctx, clock, post)).status, 'failed')
  await request('POST', `/v1/posts/${post.id}/retry`)
  await prepare(ctx, post)
  assert.equal((await drivePost(ctx, clock, post)).status, 'published')
  assert.equal((await onPlatform(ctx, post)).length, 1)
})
