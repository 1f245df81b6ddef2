import type { Brief, DriverPost, Published } from '../../drivers/contract.ts'
import type { Context } from '../../kernel/context.ts'
import type { Failure } from '../../db/schema.ts'
import { contentOf } from '../posts/content.ts'
import { lockPost } from '../posts/get.ts'
import { movePost } from '../posts/move.ts'
import { isClosed } from '../profiles/lifecycle.ts'
import { mediaUrl } from '../profiles/details.ts'
import type { MediaRow, PostRow, ProfileRow } from '../../kernel/rows.ts'
import { enqueuePostWebhook } from '../webhooks/enqueue.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { ClaimedTask } from '../../engine/tasks/claim.ts'
import { backoffMs, mostTries, sleepTask } from '../../engine/tasks/end.ts'
import { handOver } from './hand-over.ts'
import { lockToBegin } from '../posts/begin.ts'
import { refusalOf, type Kind } from '../../engine/tasks/kind.ts'

/** What a driver gets of a post's media. */
export type PostMedia = Pick<MediaRow, 'token' | 'kind' | 'files' | 'info'>

/** The post as the driver is to publish it, with the media that belongs to it. */
export const driverPost = (ctx: Context, post: PostRow, media: PostMedia): DriverPost => ({
  id: post.id,
  mediaType: post.media_type,
  mediaUrls: media.files.map((_, index) => mediaUrl(ctx, media.token, media.kind === 'video' ? undefined : index + 1)),
  info: media.info,
  title: post.title,
  description: post.description,
  soundId: post.sound_id,
  isLive: post.is_live,
  privacyLevel: post.privacy_level,
  isAiGenerated: post.is_ai_generated,
  isCommercial: post.is_commercial,
  draftId: post.platform_post_id,
})

/** Whether what this task published is what the post shows now. */
async function isAsShown(tx: Tx, task: ClaimedTask, post: PostRow): Promise<boolean> {
  const { content } = await tx.trx
    .selectFrom('tasks')
    .select('content')
    .where('team_id', '=', task.team_id)
    .where('id', '=', task.id)
    .executeTakeFirstOrThrow()
  // Null: begun by a version of Croft that did not keep it.
  return content === null || content === contentOf(post)
}

const otherContent =
  'The post was changed after it had begun to publish, and what went out may not be what it shows. Look on the profile, then resolve the post.'

async function settleUnknown(tx: Tx, post: PostRow, code: string, message: string): Promise<void> {
  await movePost(tx, post, 'unconfirmed', message, { post: { failure: JSON.stringify({ code, message }) } })
}

async function succeed(tx: Tx, task: ClaimedTask, post: PostRow, done: Published): Promise<void> {
  if (!(await isAsShown(tx, task, post))) return settleUnknown(tx, post, 'content_changed', otherContent)
  const set = { platform_post_id: done.platformPostId, post_url: done.url, failure: null }
  if (!post.is_live) {
    await movePost(tx, post, 'draft_saved', 'The draft is saved on the device.', { post: set })
    return
  }
  const published = await movePost(tx, post, 'published', 'The post is live.', {
    post: { ...set, published_at: new Date(done.at) },
  })
  await enqueuePostWebhook(tx, published)
}

async function fail(
  tx: Tx,
  task: ClaimedTask,
  post: PostRow,
  { refused: failed, anew }: ReturnType<typeof refusalOf>,
): Promise<void> {
  const failure: Failure = { code: failed.code, message: failed.message }
  const text = JSON.stringify(failure)
  if (!failed.retryable || task.tries + 1 >= mostTries) {
    await movePost(tx, post, 'failed', failed.message, { post: { failure: text }, task: { failure: text } })
    return
  }
  const at = new Date(tx.now.getTime() + backoffMs(task.tries))
  await movePost(tx, post, 'taken_back', `${failed.message} Tried again at ${at.toISOString()}.`, {
    task: { run_at: at, tries: task.tries + 1, failure: text },
    anew,
  })
}

const closed = (profile: ProfileRow): Failure => ({
  code: 'profile_closed',
  message: `The profile is ${profile.status}; nothing was published.`,
})

async function handOverPost(tx: Tx, task: ClaimedTask, profile: ProfileRow, post: PostRow, brief: Brief): Promise<void> {
  if (!isClosed(profile.status)) return handOver(tx, task, profile, brief)
  const failure = closed(profile)
  await movePost(tx, post, 'failed', failure.message, { post: { failure: JSON.stringify(failure) } })
}

export function requirePost(post: DriverPost | null): DriverPost {
  if (!post) throw new Error('a publish without its post')
  return post
}

/** Publishing a post, at most once. */
export const publish: Kind<Published> = {
  // A closed profile's posts begin too, and fail with the reason.
  runsIn: (status) => status === 'ready' || isClosed(status),
  async begin(tx, task, profile) {
    const found = (await lockToBegin(tx, [task])).get(task.id)?.post
    if (!found) throw new Error('a publish without its post')
    const { post: locked, content, anew } = found
    const queued =
      locked.status === 'scheduled' ? await movePost(tx, locked, 'came_due', 'Its time has come.', { held: true }) : locked
    // The claim's own copy follows the row.
    if (anew) task.run += 1
    const change = { task: { content }, anew }
    const post = tx.ctx.drivers.get(profile.driver)?.can.byPerson
      ? await movePost(tx, queued, 'handed_over', 'A person is to publish it.', { ...change, held: true })
      : await movePost(tx, queued, 'began', 'The driver begins to publish.', change)
    if (!isClosed(profile.status)) return true
    const failure = closed(profile)
    await movePost(tx, post, 'failed', failure.message, { post: { failure: JSON.stringify(failure) } })
    return false
  },
  perform: ({ driver, driverProfile, post, step }) => driver.publish(driverProfile, requirePost(post), step),
  async settle(tx, task, profile, settlement) {
    const post = await lockPost(tx.trx, task.team_id, task.id)
    if ('done' in settlement) return succeed(tx, task, post, settlement.done)
    if ('failed' in settlement || 'interrupted' in settlement) return fail(tx, task, post, refusalOf(settlement))
    if ('wait' in settlement && 'until' in settlement.wait) return sleepTask(tx, task, settlement.wait.until)
    if ('wait' in settlement && 'for' in settlement.wait && post.status === 'waiting_for_operator')
      return handOverPost(tx, task, profile, post, settlement.wait.brief)
    const message = 'unknown' in settlement ? settlement.unknown : 'The driver handed the post to a person, which it cannot do.'
    await settleUnknown(tx, post, 'outcome_unknown', message)
  },
}
