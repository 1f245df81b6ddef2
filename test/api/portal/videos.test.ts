import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { videoMedia } from '../../../src/domain/bundles/check-video.ts'
import { claimRows } from '../../../src/domain/media/media-rows.ts'
import { openPreparation } from '../../../src/domain/media/prepare.ts'
import { sql } from 'kysely'
import { finalizeDueReviews } from '../../../src/domain/reviews/finalize-due.ts'
import { startMediaServer, type MediaServer } from '../../support/media-server.ts'
import { checkVideo, dataOf, errorOf, newBundle, portal, rowsOf, savedAccount } from './support.ts'

const p = portal()
const day = 86_400_000
let media: MediaServer
before(async () => {
  media = await startMediaServer()
})
after(() => media.stop())

const dayFrom = (days: number) => new Date(p().server.clock.now().getTime() + days * day).toISOString().slice(0, 10)
const video = (over: Record<string, unknown> = {}) => ({
  media_type: 'video',
  media_url: media.url('sample.mp4'),
  title: 'Bread',
  description: 'Every day #bread',
  target_publish_date: dayFrom(2),
  ...over,
})

const put = (id: string, position: number | string, over: Record<string, unknown> = {}) =>
  p().request('PUT', `/api/ext/bundles/${id}/videos/${position}`, video(over))

async function slotOf(id: string, position: number): Promise<Record<string, unknown>> {
  return dataOf(await p().request('GET', `/api/ext/bundles/${id}/videos/${position}`))
}

const check = (bundleId: string, position: number) => checkVideo(p().server, bundleId, position)

const blockersOf = async (id: string) =>
  (dataOf(await p().request('GET', `/api/ext/bundles/${id}/publish-readiness`))['blockers'] as { code: string }[]).map(
    ({ code }) => code,
  )

const onlyVideos = async (over: Record<string, unknown> = {}): Promise<string> =>
  p().order({
    bundle_type: 'videos_only',
    videos_quantity: 1,
    account_id: await savedAccount(p().server, p().manager.id),
    ...over,
  })

const postUrl = 'https://www.tiktok.com/@street/video/1'

test('a slot is configured whole, its media checked in the background, and stands in the way until then', async () => {
  const id = await onlyVideos()
  assert.equal((await p().get(id))['status'], 'configured')
  const slot = dataOf(await put(id, 1))
  assert.deepEqual([slot['status'], slot['media_status'], slot['target_publish_date']], ['configured', 'checking', dayFrom(2)])
  assert.deepEqual(await blockersOf(id), ['media_being_checked'])
  await check(id, 1)
  assert.equal((await slotOf(id, 1))['media_status'], 'accepted')
  assert.deepEqual(await blockersOf(id), [])
  dataOf(await put(id, 1, { title: null, description: undefined }))
  const again = await slotOf(id, 1)
  assert.deepEqual([again['title'], again['description'], again['media_status']], [null, null, 'accepted'])
})

test('refused media is a blocker with all its reasons, and other media clears it', async () => {
  const id = await onlyVideos()
  for (const [file, codes] of [
    ['hevc.mp4', ['media_codec_unsupported']],
    ['61s.mp4', ['media_too_long']],
    ['gone.mp4', ['media_unreachable']],
  ] as const) {
    dataOf(await put(id, 1, { media_url: media.url(file) }))
    await check(id, 1)
    const slot = await slotOf(id, 1)
    assert.equal(slot['media_status'], 'refused')
    assert.deepEqual(
      (slot['media_problems'] as { code: string }[]).map(({ code }) => code),
      codes,
    )
    assert.deepEqual(await blockersOf(id), codes)
    const answer = await p().request('POST', `/api/ext/bundles/${id}/publish`)
    assert.deepEqual([answer.status, errorOf(answer).code], [409, 'invalid_status'])
  }
  dataOf(await put(id, 1))
  await check(id, 1)
  await p().act(id, 'publish')
})

test('the check of media that was replaced meanwhile changes nothing', async () => {
  const id = await onlyVideos()
  dataOf(await put(id, 1, { media_url: media.url('hevc.mp4') }))
  const { ctx, team } = p().server
  const [old] = await claimRows(ctx, videoMedia, [{ team_id: team.id, bundle_id: id, position: 1 }])
  assert.ok(old)
  dataOf(await put(id, 1))
  await openPreparation(ctx, videoMedia)(old, new AbortController().signal)
  assert.equal((await slotOf(id, 1))['media_status'], 'checking')
  await check(id, 1)
  assert.equal((await slotOf(id, 1))['media_status'], 'accepted')
})

test('a check whose worker died is claimed again once its lease has ended', async () => {
  const id = await onlyVideos()
  dataOf(await put(id, 1))
  const { ctx, team } = p().server
  const claim = () => claimRows(ctx, videoMedia, [{ team_id: team.id, bundle_id: id, position: 1 }])
  assert.equal((await claim()).length, 1)
  assert.equal((await claim()).length, 0)
  await sql`update video_slots set prepare_lease = now() - interval '1 second' where bundle_id = ${id}`.execute(ctx.db)
  assert.equal((await claim()).length, 1)
})

const bad: [string, Record<string, unknown>, string, string][] = [
  ['a day that is past', { target_publish_date: '2020-01-01' }, 'validation_error', 'target_publish_date'],
  ['a day that there is not', { target_publish_date: '2027-02-30' }, 'validation_error', 'target_publish_date'],
  ['a time', { target_publish_date: '2027-02-03T10:00:00Z' }, 'validation_error', 'target_publish_date'],
  ['no day', { target_publish_date: undefined }, 'validation_error', 'target_publish_date'],
  ['no media', { media_url: undefined }, 'validation_error', 'media_url'],
  ['media over http', { media_url: 'http://example.com/a.mp4' }, 'invalid_url', 'media_url'],
  ['a long title of a slideshow', { media_type: 'slideshow', title: 'x'.repeat(91) }, 'validation_error', 'title'],
]
for (const [what, over, code, path] of bad) {
  test(`refused: ${what}`, async () => {
    const answer = await put(await onlyVideos(), 1, over)
    assert.equal(answer.status, 400)
    assert.equal(errorOf(answer).code, code)
    assert.deepEqual(
      errorOf(answer).details?.map((detail) => detail.path),
      [path],
    )
  })
}

test('positions that are none are video_not_found', async () => {
  const id = await onlyVideos()
  for (const position of ['0', '2', '-1', '1.5', 'x', '99999999999']) {
    const answer = await put(id, position)
    assert.deepEqual([answer.status, errorOf(answer).code], [404, 'video_not_found'])
  }
})

test('the whole way of videos_only: its manager alone is asked, corrections, and completed with the last', async () => {
  const id = await onlyVideos({ videos_quantity: 2 })
  for (const position of [1, 2]) {
    dataOf(await put(id, position))
    await check(id, position)
  }
  await p().act(id, 'publish')
  assert.equal((await put(id, 1)).status, 409)
  const work = await p().work({ bundle: id }, 'video', 1)
  const item = await p().doWork(work, 'start')
  assert.equal((item['values'] as Record<string, unknown>)['title'], 'Bread')
  assert.deepEqual([(await p().get(id))['status'], (await slotOf(id, 1))['status']], ['accepted', 'accepted'])
  const without = await p().manager.request('POST', `/v1/work/${work}/submit`, { note: 'Out.' })
  assert.deepEqual([without.status, errorOf(without).details?.[0]?.path], [422, 'post_url'])
  await p().doWork(work, 'submit', { post_url: postUrl })
  await p().act(id, 'videos/1/corrections', { comment: 'The title is wrong.', fields: ['title'] })
  assert.equal((await slotOf(id, 1))['status'], 'pending_corrections')
  await p().doWork(work, 'start')
  await p().doWork(work, 'submit', {})
  await p().act(id, 'videos/1/finalize')
  for (const [path, body] of [
    ['videos/1/corrections', { comment: 'Too late.' }],
    ['videos/1/finalize', undefined],
    ['videos/2/finalize', undefined],
    ['close', undefined],
    ['account/finalize', undefined],
    ['account/corrections', { comment: 'There is none.' }],
  ] as const) {
    const answer = await p().request('POST', `/api/ext/bundles/${id}/${path}`, body)
    assert.deepEqual([answer.status, errorOf(answer).code], [409, 'invalid_status'], path)
  }
  const second = await p().work({ bundle: id }, 'video', 2)
  await p().doWork(second, 'start')
  await p().doWork(second, 'submit', { post_url: postUrl })
  const bundle = await p().act(id, 'videos/2/finalize')
  assert.deepEqual([bundle['status'], (await slotOf(id, 1))['post_url']], ['completed', postUrl])
})

test('videos of a bundle with an account wait until the account is delivered', async () => {
  const id = await p().order({ ...newBundle.account_and_videos, videos_quantity: 1 })
  dataOf(await put(id, 1))
  await check(id, 1)
  dataOf(await p().configure(id))
  await p().act(id, 'publish')
  assert.equal((await slotOf(id, 1))['status'], 'published')
  await assert.rejects(p().work({ bundle: id }, 'video', 1))
  const work = await p().work({ bundle: id }, 'account_setup')
  await p().doWork(work, 'start')
  await p().doWork(work, 'submit', { values: { phone_name: 'Rack 1' } })
  assert.equal((await p().act(id, 'account/finalize'))['status'], 'finalized')
  const posting = await p().work({ bundle: id }, 'video', 1)
  await p().doWork(posting, 'start')
  await p().doWork(posting, 'submit', { post_url: postUrl })
  p().server.clock.forward(3 * day)
  await finalizeDueReviews(p().server.ctx)
  assert.equal((await p().get(id))['status'], 'completed')
})

test('with auto_finalize_videos off a video waits for the team', async () => {
  const id = await onlyVideos({ auto_finalize_videos: false })
  dataOf(await put(id, 1))
  await check(id, 1)
  await p().act(id, 'publish')
  const work = await p().work({ bundle: id }, 'video', 1)
  await p().doWork(work, 'start')
  await p().doWork(work, 'submit', { post_url: postUrl })
  p().server.clock.forward(30 * day)
  await finalizeDueReviews(p().server.ctx)
  assert.equal((await slotOf(id, 1))['status'], 'in_review')
})

test('a day that has passed before the publish stands in its way', async () => {
  const id = await onlyVideos()
  dataOf(await put(id, 1))
  await check(id, 1)
  p().server.clock.forward(3 * day)
  assert.deepEqual(await blockersOf(id), ['target_date_passed'])
})

test('a video that was begun and fell silent comes back with a warning to look first', async () => {
  const id = await onlyVideos()
  dataOf(await put(id, 1))
  await check(id, 1)
  await p().act(id, 'publish')
  const work = await p().work({ bundle: id }, 'video', 1)
  await p().doWork(work, 'start')
  await p().doWork(work, 'release')
  assert.match(String((await p().doWork(work, 'start'))['feedback']), /whether it is already published/)
})

test('videos_only of an account that is not the team’s, or of another platform, is refused', async () => {
  const account = await savedAccount(p().server, null)
  const order = (over: Record<string, unknown>) =>
    p().request('POST', '/api/ext/bundles', { bundle_type: 'videos_only', videos_quantity: 1, account_id: account, ...over })
  const unknown = await order({ account_id: '0193a1b2-5e4f-7a3b-9c2d-1e0f9a8b7c6d' })
  assert.deepEqual([unknown.status, errorOf(unknown).code], [404, 'SAVED_ACCOUNT_NOT_FOUND'])
  const other = await order({ platform: 'instagram' })
  assert.deepEqual([other.status, errorOf(other).details?.[0]?.path], [400, 'platform'])
  assert.equal((await p().request('POST', `/v1/farm-profiles/${account}/deactivate`)).status, 200)
  const closed = await order({})
  assert.deepEqual([closed.status, errorOf(closed)['status']], [409, 'deactivated'])
  assert.equal(rowsOf(await p().request('GET', `/api/ext/bundles?account_id=${account}`)).length, 0)
})
