import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { startMediaOrigin } from './media-origin.ts'
import {
  fetchStatus,
  initVideo,
  mediaOrigin,
  post,
  publicPost,
  startFake,
  startUpload,
  uploaded,
  videoBytes,
  wholeFile,
} from './support.ts'
import { failReasons } from './types.ts'

const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#777' } })
const jpeg = await picture(1080, 1920).jpeg().toBuffer()
const webp = await picture(100, 100).webp().toBuffer()
const onDemand = { settings: { advance: 'on-demand' as const, callsPerMinute: {} } }

test('an upload is processed, published, and told by its public id after moderation', async (t) => {
  const { fake } = await startFake(t, { settings: { processingSteps: 2 } })
  const { accessToken } = fake.grant('anna')
  const publishId = await uploaded(fake, accessToken)
  const states = []
  for (let n = 0; n < 4; n += 1) states.push((await fetchStatus(fake, accessToken, publishId)).data)
  const bytes = { uploaded_bytes: 1000, downloaded_bytes: 0 }
  deepEqual(states.slice(0, 3), [
    { status: 'PROCESSING_UPLOAD', ...bytes },
    { status: 'PROCESSING_UPLOAD', ...bytes },
    { status: 'PUBLISH_COMPLETE', publicaly_available_post_id: [], ...bytes },
  ])
  const { text } = await fetchStatus(fake, accessToken, publishId)
  const id = fake.posts('anna')[0]?.id ?? 0n
  equal(id > 2n ** 53n, true)
  // A raw integer, which JSON.parse would round.
  match(text, new RegExp(`"publicaly_available_post_id":\\[${id}\\]`))
  equal(fake.posts('anna').length, 1)
})

test('on demand, a task moves when the test says so', async (t) => {
  const { fake } = await startFake(t, onDemand)
  const { accessToken } = fake.grant('anna')
  const publishId = await uploaded(fake, accessToken)
  const status = async () => (await fetchStatus(fake, accessToken, publishId)).data.status
  deepEqual([await status(), await status(), await status()], Array(3).fill('PROCESSING_UPLOAD'))
  await fake.advance()
  equal(await status(), 'PUBLISH_COMPLETE')
  equal(fake.task(publishId).post?.publiclyAvailable, false)
  await fake.advance(publishId)
  equal(fake.task(publishId).post?.publiclyAvailable, true)
})

test('an upload without its bytes stays where it is', async (t) => {
  const { fake } = await startFake(t, onDemand)
  const { publishId } = await startUpload(fake, fake.grant('anna').accessToken, wholeFile(1000))
  await fake.advance()
  await fake.advance()
  equal(fake.task(publishId).status, 'PROCESSING_UPLOAD')
  equal(fake.posts('anna').length, 0)
})

test('a post that is not public has no public id', async (t) => {
  const { fake } = await startFake(t, onDemand)
  const media = await startMediaOrigin(t, { '/a.mp4': videoBytes(5000) })
  const { fake: mapped } = await startFake(t, { ...onDemand, origins: { [mediaOrigin]: media.origin } })
  const { accessToken } = mapped.grant('anna')
  const source = { source: 'PULL_FROM_URL', video_url: `${mediaOrigin}/a.mp4` }
  const { data } = await initVideo(mapped, accessToken, source, { privacy_level: 'SELF_ONLY' })
  for (let n = 0; n < 4; n += 1) await mapped.advance()
  const status = await fetchStatus(mapped, accessToken, String(data.publish_id))
  deepEqual([status.data.status, status.data.publicaly_available_post_id], ['PUBLISH_COMPLETE', []])
  equal(mapped.posts('anna')[0]?.privacy, 'SELF_ONLY')
  equal(fake.posts('anna').length, 0)
})

test('a video is pulled with range requests, over https, without redirects', async (t) => {
  const video = videoBytes(5000)
  const media = await startMediaOrigin(t, { '/a.mp4': video })
  const { fake } = await startFake(t, { ...onDemand, origins: { [mediaOrigin]: media.origin } })
  const { accessToken } = fake.grant('anna')
  const pulled = async () => {
    const source = { source: 'PULL_FROM_URL', video_url: `${mediaOrigin}/a.mp4` }
    const { data } = await initVideo(fake, accessToken, source)
    const before = (await fetchStatus(fake, accessToken, String(data.publish_id))).data
    deepEqual([before.status, before.downloaded_bytes], ['PROCESSING_DOWNLOAD', 0])
    await fake.advance()
    await fake.advance()
    return (await fetchStatus(fake, accessToken, String(data.publish_id))).data
  }
  const done = await pulled()
  deepEqual([done.status, done.downloaded_bytes], ['PUBLISH_COMPLETE', 5000])
  deepEqual(media.asked, ['GET /a.mp4 bytes=0-1023', 'GET /a.mp4'])

  media.ranges = false
  equal((await pulled()).fail_reason, 'video_pull_failed')
  fake.settings.rangeRequired = false
  equal((await pulled()).status, 'PUBLISH_COMPLETE')
  media.redirect = `${media.origin}/b.mp4`
  equal((await pulled()).fail_reason, 'video_pull_failed')
  media.redirect = null
  media.files.set('/a.mp4', Buffer.alloc(100))
  equal((await pulled()).fail_reason, 'file_format_check_failed')
  media.files.clear()
  equal((await pulled()).fail_reason, 'video_pull_failed')
  equal(fake.posts('anna').length, 2)
})

test('photos are pulled as JPEG or WebP', async (t) => {
  const media = await startMediaOrigin(t, {
    '/1.jpg': jpeg,
    '/2.webp': webp,
    '/3.png': await picture(100, 100).png().toBuffer(),
    '/large.jpg': await picture(1081, 1920).jpeg().toBuffer(),
    '/none.jpg': Buffer.from('not a picture'),
  })
  const { fake } = await startFake(t, { ...onDemand, origins: { [mediaOrigin]: media.origin } })
  const { accessToken } = fake.grant('anna')
  const photos = async (...names: string[]) => {
    const source_info = { source: 'PULL_FROM_URL', photo_images: names.map((n) => `${mediaOrigin}/${n}`), photo_cover_index: 0 }
    const body = {
      media_type: 'PHOTO',
      post_mode: 'DIRECT_POST',
      post_info: { privacy_level: 'PUBLIC_TO_EVERYONE' },
      source_info,
    }
    const { data } = await post(fake, 'post/publish/content/init/', accessToken, body)
    await fake.advance()
    await fake.advance()
    return (await fetchStatus(fake, accessToken, String(data.publish_id))).data
  }
  equal((await photos('1.jpg', '2.webp')).status, 'PUBLISH_COMPLETE')
  deepEqual(
    fake.posts('anna')[0]?.media.map((m) => m.size),
    [jpeg.length, webp.length],
  )
  equal((await photos('1.jpg', '3.png')).fail_reason, 'file_format_check_failed')
  equal((await photos('none.jpg')).fail_reason, 'file_format_check_failed')
  equal((await photos('large.jpg')).fail_reason, 'picture_size_check_failed')
  equal((await photos('gone.jpg')).fail_reason, 'photo_pull_failed')
  media.files.set('/1.jpg', Buffer.concat([jpeg, Buffer.alloc(20_000_000)]))
  equal((await photos('1.jpg')).fail_reason, 'picture_size_check_failed')
})

test('a draft goes to the inbox, and is complete once the user posts it', async (t) => {
  const media = await startMediaOrigin(t, { '/a.mp4': videoBytes(5000) })
  const { fake } = await startFake(t, { ...onDemand, origins: { [mediaOrigin]: media.origin } })
  const { accessToken } = fake.grant('anna')
  const source_info = { source: 'PULL_FROM_URL', video_url: `${mediaOrigin}/a.mp4` }
  const { data } = await post(fake, 'post/publish/inbox/video/init/', accessToken, { source_info })
  const publishId = String(data.publish_id)
  for (let n = 0; n < 4; n += 1) await fake.advance()
  const status = async () => (await fetchStatus(fake, accessToken, publishId)).data.status
  equal(await status(), 'SEND_TO_USER_INBOX')
  equal(fake.posts('anna').length, 0)
  fake.postDraft(publishId, { title: 'By hand' })
  equal(await status(), 'PUBLISH_COMPLETE')
  equal(fake.posts('anna')[0]?.title, 'By hand')
  throws(() => fake.postDraft(publishId))
})

test('processing can fail with each reason', async (t) => {
  const { fake } = await startFake(t, onDemand)
  fake.account('anna').dailyCap = Infinity
  const { accessToken } = fake.grant('anna')
  for (const reason of failReasons) {
    fake.failProcessing(reason, { handle: 'anna' })
    const publishId = await uploaded(fake, accessToken)
    await fake.advance()
    const { data } = await fetchStatus(fake, accessToken, publishId)
    deepEqual([data.status, data.fail_reason], ['FAILED', reason])
  }
  equal(fake.posts('anna').length, 0)
  const publishId = await uploaded(fake, accessToken)
  await fake.advance()
  equal(fake.task(publishId).status, 'PUBLISH_COMPLETE')
})

test('the token can expire between two status fetches', async (t) => {
  const { fake } = await startFake(t)
  const { accessToken, refreshToken } = fake.grant('anna')
  const publishId = await uploaded(fake, accessToken)
  equal((await fetchStatus(fake, accessToken, publishId)).code, 'ok')
  fake.expireAccess('anna')
  const expired = await fetchStatus(fake, accessToken, publishId)
  deepEqual([expired.status, expired.code], [401, 'access_token_invalid'])
  const renewed = fake.platform.grants.refresh(refreshToken)
  equal((await fetchStatus(fake, renewed?.accessToken ?? '', publishId)).code, 'ok')
})

test('a task under way fails when the user removes the authorization', async (t) => {
  const { fake } = await startFake(t, onDemand)
  const publishId = await uploaded(fake, fake.grant('anna').accessToken)
  fake.removeAuthorization('anna')
  equal(fake.task(publishId).failReason, 'auth_removed')
  equal((await fetchStatus(fake, fake.grant('anna').accessToken, publishId)).data.fail_reason, 'auth_removed')
})

test('a publish_id is known to its own user alone', async (t) => {
  const { fake } = await startFake(t)
  const publishId = await uploaded(fake, fake.grant('anna').accessToken)
  const others = await fetchStatus(fake, fake.grant('ben').accessToken, publishId)
  deepEqual([others.status, others.code], [403, 'token_not_authorized_for_specified_publish_id'])
  equal((await fetchStatus(fake, fake.grant('ben').accessToken, 'v_pub_file~v2-1.0')).code, 'invalid_publish_id')
})

test('a task can be cancelled until it is published', async (t) => {
  const { fake } = await startFake(t, onDemand)
  const { accessToken } = fake.grant('anna')
  const cancel = (publishId: string) => post(fake, 'post/publish/cancel/', accessToken, { publish_id: publishId })
  const first = await uploaded(fake, accessToken)
  equal((await cancel(first)).code, 'ok')
  equal((await fetchStatus(fake, accessToken, first)).data.fail_reason, 'publish_cancelled')
  equal((await cancel(first)).code, 'publish_not_cancellable')
  const second = await uploaded(fake, accessToken)
  await fake.advance()
  equal((await cancel(second)).code, 'publish_not_cancellable')
  equal((await cancel('v_pub_file~v2-1.0')).code, 'invalid_publish_id')
  equal(fake.posts('anna').length, 1)
})

test('the status member can be spelled the other way', async (t) => {
  const { fake } = await startFake(t, { settings: { advance: 'on-demand', spelling: 'other' } })
  const { accessToken } = fake.grant('anna')
  const publishId = await uploaded(fake, accessToken)
  await fake.advance()
  deepEqual((await fetchStatus(fake, accessToken, publishId)).data.publicly_available_post_id, [])
})

test('public posts are listed newest first, and queried with their counts', async (t) => {
  const { fake, clock } = await startFake(t, onDemand)
  const { accessToken } = fake.grant('anna')
  for (let n = 0; n < 3; n += 1) {
    await uploaded(fake, accessToken)
    await fake.advance()
    await fake.advance()
    clock.forward(1000)
  }
  const ids = fake.posts('anna').map((p) => p.id.toString())
  const page = (await post(fake, 'video/list/?fields=id,title', accessToken, { max_count: 2 })).data
  deepEqual(
    page.videos,
    [ids[2], ids[1]].map((id) => ({ id, title: publicPost.title })),
  )
  equal(page.has_more, true)
  const rest = (await post(fake, 'video/list/?fields=id', accessToken, { max_count: 2, cursor: page.cursor })).data
  deepEqual([rest.videos, rest.has_more], [[{ id: ids[0] }], false])

  fake.setCounts(fake.posts('anna')[0]?.publishId ?? '', { views: 10, likes: 3, comments: 2, shares: 1 })
  const query = (video_ids: string[], token = accessToken) =>
    post(fake, 'video/query/?fields=id,view_count,like_count,comment_count,share_count', token, { filters: { video_ids } })
  deepEqual((await query([ids[0] ?? '', '1'])).data.videos, [
    { id: ids[0], view_count: 10, like_count: 3, comment_count: 2, share_count: 1 },
  ])
  deepEqual((await query(ids, fake.grant('ben').accessToken)).data.videos, [])
  equal((await query(Array<string>(21).fill('1'))).code, 'invalid_param')
  equal((await post(fake, 'video/list/?fields=id', accessToken, { max_count: 21 })).code, 'invalid_param')
  equal((await post(fake, 'video/list/', accessToken)).code, 'invalid_params')
  fake.removePost(fake.posts('anna')[0]?.publishId ?? '')
  deepEqual(
    (await query(ids)).data.videos,
    ids.slice(1).map((id) => ({ id, view_count: 0, like_count: 0, comment_count: 0, share_count: 0 })),
  )
})

test('the page at / lists accounts and posts', async (t) => {
  const { fake } = await startFake(t, onDemand)
  const { accessToken } = fake.grant('anna')
  await uploaded(fake, accessToken)
  await fake.advance()
  await uploaded(fake, accessToken)
  const page = await (await fetch(fake.address)).text()
  match(page, /@anna.*Anna &amp; Co.*Posts: 1.*Morning bread.*Not posted: 1.*PROCESSING_UPLOAD.*@ben/s)
})

test('on the page at / the user posts a draft, and removes the access of the app', async (t) => {
  const media = await startMediaOrigin(t, { '/a.mp4': videoBytes(5000) })
  const { fake } = await startFake(t, { ...onDemand, origins: { [mediaOrigin]: media.origin } })
  const { accessToken } = fake.grant('anna')
  const source_info = { source: 'PULL_FROM_URL', video_url: `${mediaOrigin}/a.mp4` }
  const { data } = await post(fake, 'post/publish/inbox/video/init/', accessToken, { source_info })
  await fake.advance()
  await fake.advance()
  match(await (await fetch(fake.address)).text(), /name="draft" value="v_inbox_url.*name="remove_access" value="anna"/s)
  const act = (form: Record<string, string>) => fetch(fake.address, { method: 'POST', body: new URLSearchParams(form) })
  await act({ draft: String(data.publish_id) })
  await act({ draft: String(data.publish_id) })
  equal(fake.posts('anna').length, 1)
  await act({ remove_access: 'anna' })
  equal((await fetchStatus(fake, accessToken, String(data.publish_id))).code, 'access_token_invalid')
})
