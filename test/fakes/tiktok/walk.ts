import { isVideo } from './formats.ts'
import { newPostId, type Platform } from './platform.ts'
import { pullMedia } from './pull.ts'
import type { FailReason, Media, Post, PrivacyLevel, PublishTask } from './types.ts'

/** Takes a task one step on. An upload waits for its bytes and a draft for its user: those stay where they are. */
export async function step(platform: Platform, task: PublishTask): Promise<void> {
  if (task.stepping) return
  task.stepping = true
  try {
    if (task.stage === 'downloading') await download(platform, task)
    else if (task.stage === 'processing') stepProcessing(platform, task)
    else if (task.stage === 'moderation') stepModeration(platform, task)
  } finally {
    task.stepping = false
  }
}

/** All bytes have come. */
export function startProcessing({ settings }: Platform, task: PublishTask, media: Media[]): void {
  task.media = media
  task.stage = 'processing'
  task.stepsLeft = settings.processingSteps
}

/** Ends a task without a post. */
export function failTask(platform: Platform, task: PublishTask, reason: FailReason): void {
  task.status = 'FAILED'
  task.stage = 'ended'
  task.failReason = reason
  platform.webhooks.emitFor(task, 'post.publish.failed', { reason })
}

/** Makes the post of a task: the one place where posts come to be. */
export function publish(
  platform: Platform,
  task: PublishTask,
  texts: { title: string; description: string; privacy: PrivacyLevel },
): Post {
  if (task.post) throw new Error(`${task.publishId} has its post already`)
  const post: Post = {
    id: newPostId(),
    publishId: task.publishId,
    account: task.account,
    createdAt: platform.clock.now(),
    kind: task.kind,
    ...texts,
    media: task.media,
    publiclyAvailable: false,
    removed: false,
    ...{ views: 0, likes: 0, comments: 0, shares: 0 },
  }
  platform.posts.push(post)
  task.post = post
  task.status = 'PUBLISH_COMPLETE'
  task.stage = texts.privacy === 'PUBLIC_TO_EVERYONE' ? 'moderation' : 'ended'
  task.stepsLeft = platform.settings.moderationSteps
  platform.webhooks.emitFor(task, 'post.publish.complete', {})
  return post
}

async function download(platform: Platform, task: PublishTask): Promise<void> {
  const pulled = await pullMedia(platform, task)
  // It may have been cancelled meanwhile.
  if (task.stage !== 'downloading') return
  if (typeof pulled === 'string') failTask(platform, task, pulled)
  else startProcessing(platform, task, pulled)
}

function stepProcessing(platform: Platform, task: PublishTask): void {
  task.stepsLeft -= 1
  if (task.stepsLeft > 0) return
  const reason = plannedFailure(platform, task) ?? (task.upload && !isVideo(task.upload.head) ? 'file_format_check_failed' : null)
  if (reason !== null) {
    failTask(platform, task, reason)
    return
  }
  if (task.mode === 'draft') {
    task.status = 'SEND_TO_USER_INBOX'
    task.stage = 'inbox'
    platform.webhooks.emitFor(task, 'post.publish.inbox_delivered', {})
    return
  }
  const { title = '', description = '', privacy } = task.postInfo ?? {}
  publish(platform, task, { title, description, privacy: privacy ?? 'SELF_ONLY' })
}

function stepModeration(platform: Platform, task: PublishTask): void {
  task.stepsLeft -= 1
  if (task.stepsLeft > 0 || !task.post) return
  task.stage = 'ended'
  task.post.publiclyAvailable = true
  platform.webhooks.emitFor(task, 'post.publish.publicly_available', { post_id: task.post.id })
}

function plannedFailure({ plannedFailures }: Platform, { account }: PublishTask): FailReason | null {
  const planned = plannedFailures.find((p) => p.left > 0 && (p.handle === null || p.handle === account.handle))
  if (!planned) return null
  planned.left -= 1
  return planned.reason
}
