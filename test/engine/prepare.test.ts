import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { newId } from '../../src/lib/ids.ts'
import { claimRows } from '../../src/domain/media/media-rows.ts'
import { postMedia } from '../../src/domain/posts/prepare.ts'
import { keepUpload } from '../../src/domain/media/upload.ts'
import { cancelPost } from '../../src/domain/posts/cancel.ts'
import { updatePost } from '../../src/domain/posts/update.ts'
import { deactivateProfile } from '../../src/domain/closing/deactivate.ts'
import type { PostRow } from '../../src/kernel/rows.ts'
import { standingClock } from '../support/clock.ts'
import { testCroft, testTeam, type TestCroft } from '../support/croft.ts'
import { drivePost } from '../support/drive.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { accept, onPlatform, postNow, prepare, prepared } from '../support/posts.ts'
import { readyProfile } from '../support/ready-profile.ts'
import { gate } from '../support/test-driver.ts'

const clock = standingClock()
let server: TestCroft
let media: MediaServer

before(async () => {
  media = await startMediaServer()
  server = await testCroft({ work: false, substitutes: { clock } })
})
after(async () => {
  await server.stop()
  await media.stop()
})

const told = async (post: PostRow) => {
  const rows = await server.ctx.db.selectFrom('events').select(['type', 'data']).orderBy('seq').execute()
  return rows.filter(({ data }) => data['task_id'] === post.id).map(({ type }) => type)
}

/** Has the media server hold its next answer back. */
function heldBack() {
  const [asked, released] = [gate(), gate()]
  media.instead.push((_request, response) => {
    asked.open()
    void released.passed.then(() => response.writeHead(404).end())
  })
  return { asked: asked.passed, release: released.open }
}

test('media that fails its checks fails the post, with every reason and both events', async () => {
  const { ctx, team } = server
  const post = await prepared(ctx, team, await readyProfile(ctx, team), { mediaUrl: media.url('hevc.mp4') })
  assert.equal(post.status, 'failed')
  assert.deepEqual(
    post.failure?.reasons?.map(({ code }) => code),
    ['media_codec_unsupported'],
  )
  assert.equal(post.failure.code, 'media_codec_unsupported')
  assert.deepEqual((await told(post)).sort(), ['post.failed', 'post.media_rejected', 'post.scheduled'])
  const task = await ctx.db.selectFrom('tasks').select('status').where('id', '=', post.id).executeTakeFirstOrThrow()
  assert.equal(task.status, 'failed')
})

test('media whose server has trouble that may pass is asked for again', async () => {
  const { ctx, team } = server
  for (let times = 0; times < 2; times += 1) media.instead.push((_request, response) => void response.writeHead(503).end())
  const post = await accept(team, await readyProfile(ctx, team), { mediaUrl: media.url('sample.mp4') })
  const before = media.asked.length
  await prepare(ctx, post, 0)
  assert.equal((await postNow(ctx, post)).status, 'preparing')
  await prepare(ctx, post, 1)
  assert.equal((await postNow(ctx, post)).status, 'preparing')
  await prepare(ctx, post, 2)
  assert.equal((await postNow(ctx, post)).status, 'queued')
  assert.ok(media.asked.length - before >= 3)
})

test('trouble that does not pass is given up in the end', async () => {
  const { ctx, team } = server
  const post = await accept(team, await readyProfile(ctx, team), { mediaUrl: media.url('sample.mp4') })
  let tries = 0
  while ((await postNow(ctx, post)).status === 'preparing') {
    media.instead.push((_request, response) => void response.writeHead(503).end())
    await prepare(ctx, post, tries)
    tries += 1
    assert.ok(tries < 20)
  }
  assert.deepEqual([(await postNow(ctx, post)).status, (await postNow(ctx, post)).failure?.code], ['failed', 'media_unreachable'])
  assert.ok(tries > 2)
})

test('media that was replaced while it was fetched never wins', async () => {
  const { ctx, team } = server
  const post = await accept(team, await readyProfile(ctx, team), { mediaUrl: media.url('slow.mp4') })
  const slow = heldBack()
  const old = prepare(ctx, post)
  await slow.asked
  await updatePost(team.unit, post.id, { mediaUrl: media.url('sample.mp4') })
  await prepare(ctx, post)
  const good = await postNow(ctx, post)
  assert.deepEqual([good.status, good.media_version], ['queued', 2])
  slow.release()
  await old
  const after = await postNow(ctx, post)
  assert.deepEqual([after.status, after.media_id, after.failure], ['queued', good.media_id, null])
})

test('two workers at once fetch the media once', async () => {
  const { ctx, team } = server
  const post = await accept(team, await readyProfile(ctx, team), { mediaUrl: media.url('sample.mp4') })
  const kept = async () =>
    (
      await ctx.db
        .selectFrom('media')
        .select('id')
        .where('source_url', '=', post.media_url)
        .where('team_id', '=', team.id)
        .execute()
    ).length
  const before = await kept()
  await Promise.all([1, 2, 3].map(() => prepare(ctx, post)))
  assert.equal(await kept(), before + 1)
  assert.equal((await postNow(ctx, post)).status, 'queued')
})

test('what a dead worker was fetching is claimed again once its lease has ended, and not before', async () => {
  const { ctx, team } = server
  const post = await accept(team, await readyProfile(ctx, team), { mediaUrl: media.url('sample.mp4') })
  const leased = (end: 'past' | 'to come') =>
    sql`update posts set prepare_claim = ${newId()}, prepare_lease = now() + ${end === 'past' ? -1 : 60} * interval '1 second'
      where id = ${post.id}`.execute(ctx.db)
  await leased('to come')
  await prepare(ctx, post)
  assert.equal((await postNow(ctx, post)).status, 'preparing')
  await leased('past')
  await prepare(ctx, post)
  const after = await postNow(ctx, post)
  assert.deepEqual([after.status, after.prepare_claim, after.prepare_lease], ['queued', null, null])
})

test('a try that failed is due again after its pause, and one that Croft itself failed at counts no try', async () => {
  const { ctx, team } = server
  const post = await accept(team, await readyProfile(ctx, team), { mediaUrl: media.url('sample.mp4') })
  media.instead.push((_request, response) => void response.writeHead(503).end())
  await prepare(ctx, post, 1)
  const waiting = await postNow(ctx, post)
  assert.deepEqual([waiting.prepare_tries, waiting.prepare_at.getTime() - clock.now().getTime()], [2, 10_000])
  assert.deepEqual(await claimRows(ctx, postMedia, [post]), [])
  await sql`alter table media rename to elsewhere`.execute(ctx.db)
  await assert.rejects(prepare(ctx, post, 2))
  await sql`alter table elsewhere rename to media`.execute(ctx.db)
  const failed = await postNow(ctx, post)
  assert.deepEqual([failed.status, failed.prepare_tries, failed.prepare_faults], ['preparing', 2, 1])
  assert.deepEqual([failed.prepare_claim, failed.prepare_at.getTime() - clock.now().getTime()], [null, 5_000])
})

test('a post of an own upload asks nobody, and another team’s upload is not to be had', async () => {
  const { ctx, team } = server
  const { hash, size } = (await ctx.db.selectFrom('media').selectAll().where('kind', '=', 'video').executeTakeFirstOrThrow())
    .files[0] ?? {
    hash: '',
    size: 0,
  }
  const upload = await keepUpload(team.unit, { hash, size, contentType: 'video/mp4' })
  const mediaUrl = `${ctx.publicUrl()}/media/${upload.token}`
  const before = media.asked.length
  assert.equal((await prepared(ctx, team, await readyProfile(ctx, team), { mediaUrl })).status, 'queued')
  const others = await testTeam(ctx, 'others')
  const refused = await prepared(ctx, others, await readyProfile(ctx, others), { mediaUrl })
  assert.deepEqual([refused.status, refused.failure?.code], ['failed', 'media_unreachable'])
  assert.equal(media.asked.length, before)
})

test('a post that is called off while its media is fetched stays canceled', async () => {
  const { ctx, team } = server
  const post = await accept(team, await readyProfile(ctx, team), { mediaUrl: media.url('slow.mp4') })
  const slow = heldBack()
  const old = prepare(ctx, post)
  await slow.asked
  assert.equal((await cancelPost(team.unit, post.id)).row.status, 'canceled')
  slow.release()
  await old
  assert.equal((await postNow(ctx, post)).status, 'canceled')
  assert.deepEqual((await told(post)).at(-1), 'post.canceled')
})

test('deactivating a profile calls its open posts and tasks off, each with its event', async () => {
  const { ctx, team, request } = server
  const profile = await readyProfile(ctx, team)
  const draft = await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4'), isLive: false })
  await drivePost(ctx, clock, draft)
  const out = await drivePost(ctx, clock, await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4') }))
  const due = { mediaUrl: media.url('sample.mp4'), executeAt: clock.now().getTime() + 60_000 }
  const open = [await accept(team, profile), await prepared(ctx, team, profile, due), draft]
  await request('PATCH', `/v1/farm-profiles/${profile.id}`, { bio: 'Closing soon' })
  await deactivateProfile(team.unit, profile.id)
  for (const post of open) {
    assert.equal((await postNow(ctx, post)).status, 'canceled')
    assert.equal((await told(post)).at(-1), 'post.canceled')
  }
  assert.equal((await postNow(ctx, out)).status, 'published')
  assert.equal((await onPlatform(ctx, out)).length, 1)
  const left = ctx.db.selectFrom('tasks').select('id').where('profile_id', '=', profile.id)
  assert.deepEqual(await left.where('status', 'in', ['pending', 'queued', 'running', 'waiting']).execute(), [])
  await assert.rejects(deactivateProfile(team.unit, profile.id), { code: 'invalid_state' })
})
