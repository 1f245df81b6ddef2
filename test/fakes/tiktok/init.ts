import { createHash, randomBytes } from 'node:crypto'
import type { Call, Reply } from '../common/calls.ts'
import { authorize, readBody, requireScope } from './authorized.ts'
import { checkDirectPost, checkDraft } from './caps.ts'
import { okReply, refusal } from './errors.ts'
import { Members } from './members.ts'
import { laterBy, type Platform } from './platform.ts'
import { readPhotoPostInfo, readVideoPostInfo } from './post-info.ts'
import { lifetimes } from './rules.ts'
import { readPhotoSource, readVideoSource, type ChunkPlan, type VideoSource } from './source-info.ts'
import type { Account, PostInfo, PublishTask, Upload } from './types.ts'
import { uploadUrl } from './upload.ts'

/** POST /v2/post/publish/video/init/: a direct post of a video. */
export function initVideo(platform: Platform, call: Call): Reply {
  const { account } = authorize(platform, 'video/init', call, ['video.publish'])
  const body = readBody(call)
  const postInfo = readVideoPostInfo(platform, account, body.object('post_info'))
  const source = readVideoSource(platform, body.object('source_info'))
  body.end()
  checkDirectPost(platform, account)
  return videoReply(platform, newVideo(platform, account, 'direct', source, postInfo))
}

/** POST /v2/post/publish/inbox/video/init/: a draft, `source_info` alone. */
export function initInboxVideo(platform: Platform, call: Call): Reply {
  const { account } = authorize(platform, 'inbox/video/init', call, ['video.upload'])
  const body = readBody(call)
  const source = readVideoSource(platform, body.object('source_info'))
  body.end()
  checkDraft(platform, account)
  return videoReply(platform, newVideo(platform, account, 'draft', source, null))
}

/** POST /v2/post/publish/content/init/: photos, posted directly or as a draft. */
export function initContent(platform: Platform, call: Call): Reply {
  const { account, grant } = authorize(platform, 'content/init', call)
  const body = readBody(call)
  body.oneOf('media_type', ['PHOTO'])
  const mode = body.oneOf('post_mode', ['DIRECT_POST', 'MEDIA_UPLOAD']) === 'DIRECT_POST' ? 'direct' : 'draft'
  requireScope(grant, [mode === 'direct' ? 'video.publish' : 'video.upload'])
  // The documents ask for nothing in the post_info of a draft.
  const info = mode === 'draft' && !body.has('post_info') ? new Members({}, 'post_info') : body.object('post_info')
  const postInfo = readPhotoPostInfo(platform, account, info, mode)
  const { urls, coverIndex } = readPhotoSource(platform, body.object('source_info'))
  body.end()
  if (mode === 'direct') checkDirectPost(platform, account)
  else checkDraft(platform, account)
  if (mode === 'draft' && account.appTooOld) throw refusal('app_version_check_failed', 'the TikTok app is older than 31.8')
  const task = newTask(
    platform,
    { account, mode, kind: 'photo', source: 'PULL_FROM_URL', postInfo, urls, coverIndex },
    'p_pub_url~v2.',
  )
  return okReply({ publish_id: task.publishId })
}

type Asked = Pick<PublishTask, 'account' | 'mode' | 'kind' | 'source' | 'postInfo' | 'urls' | 'coverIndex'>

function newVideo(platform: Platform, account: Account, mode: PublishTask['mode'], from: VideoSource, postInfo: PostInfo | null) {
  const urls = from.source === 'PULL_FROM_URL' ? [from.url] : []
  const asked: Asked = { account, mode, kind: 'video', source: from.source, postInfo, urls, coverIndex: 0 }
  if (from.source === 'PULL_FROM_URL') return newTask(platform, asked, mode === 'direct' ? 'v_pub_url~v2.' : 'v_inbox_url~v2.')
  const task = newTask(platform, asked, mode === 'direct' ? 'v_pub_file~v2-1.' : 'v_inbox_file~v2.')
  task.upload = newUpload(platform, from.plan)
  return task
}

function newTask(platform: Platform, asked: Asked, prefix: string): PublishTask {
  const byFile = asked.source === 'FILE_UPLOAD'
  const task: PublishTask = {
    ...asked,
    publishId: `${prefix}${randomBytes(8).readBigUInt64BE().toString().padStart(20, '0')}`,
    createdAt: platform.clock.now(),
    status: byFile ? 'PROCESSING_UPLOAD' : 'PROCESSING_DOWNLOAD',
    stage: byFile ? 'uploading' : 'downloading',
    stepsLeft: 0,
    stepping: false,
    failReason: null,
    downloadedBytes: 0,
    upload: null,
    media: [],
    post: null,
  }
  platform.tasks.set(task.publishId, task)
  return task
}

const newUpload = ({ clock }: Platform, plan: ChunkPlan): Upload => ({
  ...plan,
  id: randomBytes(8).readBigUInt64BE().toString(),
  token: randomBytes(18).toString('base64url'),
  expires: laterBy(clock, lifetimes.uploadUrlSeconds),
  received: 0,
  hash: createHash('sha256'),
  head: Buffer.alloc(0),
})

const videoReply = (platform: Platform, { publishId, upload }: PublishTask): Reply =>
  okReply({ publish_id: publishId, ...(upload ? { upload_url: uploadUrl(platform, upload) } : {}) })
