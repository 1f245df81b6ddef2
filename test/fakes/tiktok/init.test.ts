import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { initVideo, mediaOrigin, post, publicPost, startFake, wholeFile } from './support.ts'

const pull = { source: 'PULL_FROM_URL', video_url: `${mediaOrigin}/a.mp4` }
const photos = { source: 'PULL_FROM_URL', photo_images: [`${mediaOrigin}/1.jpg`], photo_cover_index: 0 }
const photoPost = (changed: object = {}) => ({
  media_type: 'PHOTO',
  post_mode: 'DIRECT_POST',
  post_info: { privacy_level: 'SELF_ONLY' },
  source_info: photos,
  ...changed,
})

test('creator_info lists what the account may do', async (t) => {
  const { fake } = await startFake(t)
  const { accessToken } = fake.grant('anna')
  const ask = () => post(fake, 'post/publish/creator_info/query/', accessToken)
  const { data, code } = await ask()
  equal(code, 'ok')
  deepEqual(data.privacy_level_options, ['PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY'])
  deepEqual([data.creator_username, data.creator_nickname], ['anna', 'Anna & Co'])
  deepEqual([data.comment_disabled, data.duet_disabled, data.stitch_disabled], [false, false, false])
  equal(data.max_video_post_duration_sec, 600)
  match(String(data.creator_avatar_url), /\/avatar\//)

  Object.assign(fake.account('anna'), {
    isPrivate: true,
    commentDisabled: true,
    duetDisabled: true,
    stitchDisabled: true,
    maxVideoSeconds: 60,
  })
  const changed = (await ask()).data
  deepEqual(changed.privacy_level_options, ['FOLLOWER_OF_CREATOR', 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY'])
  deepEqual([changed.comment_disabled, changed.duet_disabled, changed.stitch_disabled], [true, true, true])
  equal(changed.max_video_post_duration_sec, 60)
})

test('creator_info answers caps with 200, and init with 403', async (t) => {
  const { fake } = await startFake(t, { app: { audited: false }, settings: { activeUserCap: 0 } })
  const { accessToken } = fake.grant('ben')
  const both = async (expected: string) => {
    const info = await post(fake, 'post/publish/creator_info/query/', accessToken)
    deepEqual([info.status, info.code], [200, expected])
    const init = await initVideo(fake, accessToken, wholeFile(100), { privacy_level: 'SELF_ONLY' })
    deepEqual([init.status, init.code], [403, expected])
  }
  await both('reached_active_user_cap')
  fake.account('ben').postsByOtherClients = 15
  await both('spam_risk_too_many_posts')
  fake.account('ben').banned = true
  await both('spam_risk_user_banned_from_posting')
})

test('video/init gives a publish_id, and an upload_url for a file alone', async (t) => {
  const { fake } = await startFake(t)
  const { accessToken } = fake.grant('anna')
  const file = await initVideo(fake, accessToken, wholeFile(100))
  match(String(file.data.publish_id), /^v_pub_file~v2-1\.\d+$/)
  ok(String(file.data.publish_id).length <= 64 && String(file.data.upload_url).length <= 256)
  const byUrl = await initVideo(fake, accessToken, pull)
  match(String(byUrl.data.publish_id), /^v_pub_url~v2\.\d+$/)
  deepEqual(Object.keys(byUrl.data), ['publish_id'])
  fake.settings.uploadOrigin = 'https://upload.eu.tiktokapis.com'
  match(
    String((await initVideo(fake, accessToken, wholeFile(100))).data.upload_url),
    /^https:\/\/upload\.eu\.tiktokapis\.com\/video\//,
  )
})

test('video/init keeps what the post was asked to be', async (t) => {
  const { fake } = await startFake(t)
  fake.account('anna').duetDisabled = true
  await initVideo(fake, fake.grant('anna').accessToken, wholeFile(100), {
    ...publicPost,
    disable_comment: true,
    brand_organic_toggle: true,
    is_aigc: true,
    video_cover_timestamp_ms: 1000,
  })
  deepEqual(fake.tasks('anna')[0]?.postInfo, {
    title: 'Morning bread',
    description: '',
    privacy: 'PUBLIC_TO_EVERYONE',
    disableComment: true,
    brandContent: false,
    brandOrganic: true,
    disableDuet: true,
    disableStitch: false,
    aiGenerated: true,
    autoAddMusic: false,
    coverTimestampMs: 1000,
  })
})

test('video/init refuses what the documents do not allow', async (t) => {
  const { fake } = await startFake(t, { settings: { callsPerMinute: {} } })
  const { accessToken } = fake.grant('anna')
  const refused = async (postInfo: object, source: object, status: number, code: string) => {
    const answer = await initVideo(fake, accessToken, source, postInfo)
    deepEqual([answer.status, answer.code], [status, code], JSON.stringify([postInfo, source]))
  }
  await refused({ title: 'no privacy' }, wholeFile(100), 400, 'invalid_param')
  await refused({ privacy_level: 'EVERYBODY' }, wholeFile(100), 400, 'invalid_param')
  await refused({ privacy_level: 'FOLLOWER_OF_CREATOR' }, wholeFile(100), 403, 'privacy_level_option_mismatch')
  await refused({ ...publicPost, title: '😀'.repeat(1101) }, wholeFile(100), 400, 'invalid_param')
  await refused({ ...publicPost, disable_duet: 'yes' }, wholeFile(100), 400, 'invalid_param')
  await refused({ ...publicPost, disable_duets: true }, wholeFile(100), 400, 'invalid_param')
  await refused({ privacy_level: 'SELF_ONLY', brand_content_toggle: true }, wholeFile(100), 400, 'invalid_param')
  await refused(publicPost, { source: 'CARRIER_PIGEON' }, 400, 'invalid_param')
  await refused(publicPost, { ...pull, video_url: 'http://media.example/a.mp4' }, 400, 'invalid_param')
  await refused(publicPost, { ...pull, video_url: 'https://elsewhere.example/a.mp4' }, 403, 'url_ownership_unverified')
  equal(fake.tasks('anna').length, 0)
  equal((await initVideo(fake, accessToken, wholeFile(100), { ...publicPost, title: '😀'.repeat(1100) })).code, 'ok')
})

test('an unaudited client posts SELF_ONLY, to private accounts', async (t) => {
  const { fake } = await startFake(t, { app: { audited: false } })
  const init = (handle: string, level: string) =>
    initVideo(fake, fake.grant(handle).accessToken, wholeFile(100), { privacy_level: level })
  const code = 'unaudited_client_can_only_post_to_private_accounts'
  const byPublic = await init('anna', 'SELF_ONLY')
  deepEqual([byPublic.status, byPublic.code], [403, code])
  equal((await init('ben', 'MUTUAL_FOLLOW_FRIENDS')).code, code)
  equal((await init('ben', 'SELF_ONLY')).code, 'ok')
})

test('an unaudited client posts for five users within 24 hours', async (t) => {
  const { fake, clock } = await startFake(t, { app: { audited: false } })
  const init = (handle: string) => initVideo(fake, fake.grant(handle).accessToken, wholeFile(100), { privacy_level: 'SELF_ONLY' })
  for (const handle of ['u1', 'u2', 'u3', 'u4', 'u5', 'u6']) fake.addAccount({ handle, isPrivate: true })
  for (const handle of ['u1', 'u2', 'u3', 'u4', 'u5']) equal((await init(handle)).code, 'ok')
  equal((await init('u6')).code, 'reached_active_user_cap')
  equal((await init('u1')).code, 'ok')
  clock.forward(86_400_000)
  equal((await init('u6')).code, 'ok')
})

test('a creator has fifteen direct posts within 24 hours', async (t) => {
  const { fake, clock } = await startFake(t, { settings: { callsPerMinute: {} } })
  const init = () => initVideo(fake, fake.grant('anna').accessToken, wholeFile(100))
  for (let n = 0; n < 15; n += 1) equal((await init()).code, 'ok')
  equal((await init()).code, 'spam_risk_too_many_posts')
  clock.forward(86_400_000)
  equal((await init()).code, 'ok')
})

test('inbox/video/init takes source_info alone, and five drafts wait at most', async (t) => {
  const { fake } = await startFake(t, { settings: { callsPerMinute: {} } })
  const { accessToken } = fake.grant('anna', ['video.upload'])
  const draft = (body: object) => post(fake, 'post/publish/inbox/video/init/', accessToken, body)
  equal((await draft({ source_info: wholeFile(100), post_info: publicPost })).code, 'invalid_param')
  match(String((await draft({ source_info: pull })).data.publish_id), /^v_inbox_url~v2\./)
  for (let n = 0; n < 4; n += 1)
    match(String((await draft({ source_info: wholeFile(100) })).data.publish_id), /^v_inbox_file~v2\./)
  const sixth = await draft({ source_info: wholeFile(100) })
  deepEqual([sixth.status, sixth.code], [403, 'spam_risk_too_many_pending_share'])
})

test('content/init takes photos by URL, directly or as a draft', async (t) => {
  const { fake } = await startFake(t, { settings: { callsPerMinute: {} } })
  const init = (body: object, handle = 'anna') => post(fake, 'post/publish/content/init/', fake.grant(handle).accessToken, body)
  const made = await init(photoPost())
  deepEqual(Object.keys(made.data), ['publish_id'])
  match(String(made.data.publish_id), /^p_pub_url~v2\./)
  equal((await init(photoPost({ post_mode: 'MEDIA_UPLOAD', post_info: { title: 'x', description: 'y' } }))).code, 'ok')
  const refused = async (body: object, code = 'invalid_param') => equal((await init(body)).code, code, JSON.stringify(body))
  await refused(photoPost({ media_type: 'VIDEO' }))
  await refused(photoPost({ post_mode: 'LATER' }))
  await refused(photoPost({ post_info: { title: 'x' } }))
  await refused(photoPost({ post_info: { privacy_level: 'SELF_ONLY', title: 'x'.repeat(91) } }))
  await refused(photoPost({ post_info: { privacy_level: 'SELF_ONLY', description: 'x'.repeat(4001) } }))
  await refused(photoPost({ source_info: { ...photos, source: 'FILE_UPLOAD' } }))
  await refused(photoPost({ source_info: { ...photos, photo_images: [] } }))
  await refused(photoPost({ source_info: { ...photos, photo_images: Array<string>(36).fill(`${mediaOrigin}/1.jpg`) } }))
  await refused(photoPost({ source_info: { ...photos, photo_cover_index: 1 } }))
  await refused(photoPost({ source_info: { ...photos, photo_images: ['https://x.example/1.jpg'] } }), 'url_ownership_unverified')
  fake.account('anna').appTooOld = true
  await refused(photoPost({ post_mode: 'MEDIA_UPLOAD', post_info: {} }), 'app_version_check_failed')
})

test('each init call needs its scope', async (t) => {
  const { fake } = await startFake(t)
  const upload = fake.grant('anna', ['video.upload']).accessToken
  const publish = fake.grant('anna', ['video.publish']).accessToken
  const denied = async (path: string, token: string, body: object = {}) => {
    const { status, code } = await post(fake, path, token, body)
    deepEqual([status, code], [401, 'scope_not_authorized'], path)
  }
  await denied('post/publish/creator_info/query/', upload)
  await denied('post/publish/video/init/', upload)
  await denied('post/publish/inbox/video/init/', publish)
  await denied('post/publish/content/init/', upload, photoPost())
  await denied('post/publish/content/init/', publish, photoPost({ post_mode: 'MEDIA_UPLOAD' }))
  await denied('video/list/?fields=id', publish)
})

test('calls need the token and a JSON body', async (t) => {
  const { fake } = await startFake(t)
  const { accessToken } = fake.grant('anna')
  equal((await post(fake, 'post/publish/video/init/', 'act.none')).code, 'access_token_invalid')
  const reply = (type: string, body: string) =>
    fetch(`${fake.address}/v2/post/publish/video/init/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': type },
      body,
    })
  equal((await reply('text/plain', '{}')).status, 400)
  equal((await reply('application/json', 'not JSON')).status, 400)
  equal((await post(fake, 'post/publish/unknown/', accessToken)).status, 404)
})

test('each token has so many calls a minute', async (t) => {
  const { fake, clock } = await startFake(t)
  const [first, second] = [fake.grant('anna').accessToken, fake.grant('anna').accessToken]
  const init = (token: string) => post(fake, 'post/publish/video/init/', token)
  for (let n = 0; n < 6; n += 1) equal((await init(first)).code, 'invalid_param')
  const seventh = await init(first)
  deepEqual([seventh.status, seventh.code], [429, 'rate_limit_exceeded'])
  equal((await init(second)).code, 'invalid_param')
  clock.forward(60_000)
  equal((await init(first)).code, 'invalid_param')
  for (let n = 0; n < 20; n += 1) equal((await post(fake, 'post/publish/creator_info/query/', first)).code, 'ok')
  equal((await post(fake, 'post/publish/creator_info/query/', first)).status, 429)
  for (let n = 0; n < 30; n += 1) await post(fake, 'post/publish/status/fetch/', first, { publish_id: 'x' })
  equal((await post(fake, 'post/publish/status/fetch/', first, { publish_id: 'x' })).status, 429)
})
