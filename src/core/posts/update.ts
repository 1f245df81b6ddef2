import { preparePost, wakeProfile } from '../../jobs/definitions.ts'
import { CroftError, type Detail } from '../errors.ts'
import { findProfile } from '../profiles/find.ts'
import type { PostRow } from '../rows.ts'
import { recordAudit, recordEvent } from '../write/record.ts'
import type { Scope, Tx } from '../write/scope.ts'
import { requireCan } from './create.ts'
import { findPost, lockPost } from './find.ts'
import { holdPacing } from './hold-pacing.ts'
import { checkPost, enteredDescription, type PostInput } from './input.ts'
import { invalidState, movePost, postFacts } from './move.ts'
import { viewPost, type PostView } from './view.ts'

const editable = ['preparing', 'scheduled', 'queued']

const inputOf = (post: PostRow): PostInput => ({
  mediaType: post.media_type,
  mediaUrl: post.media_url,
  soundId: post.sound_id,
  title: post.title,
  webhookUrl: post.webhook_url,
  description: post.description,
  executeAt: post.execute_at?.getTime() ?? null,
  isLive: post.is_live,
  privacyLevel: post.privacy_level,
  isAiGenerated: post.is_ai_generated,
  isCommercial: post.is_commercial,
})

/** The row's members for the input. */
const columns = (input: PostInput, hashtags: boolean) => ({
  media_type: input.mediaType,
  media_url: input.mediaUrl,
  sound_id: input.soundId,
  title: input.title,
  webhook_url: input.webhookUrl,
  description: enteredDescription(input.description, hashtags),
  execute_at: input.executeAt === null ? null : new Date(input.executeAt),
  is_live: input.isLive,
  privacy_level: input.privacyLevel,
  is_ai_generated: input.isAiGenerated,
  is_commercial: input.isCommercial,
})

async function setTime(tx: Tx, post: PostRow, executeAt: number | null): Promise<Date> {
  const due = executeAt === null ? tx.now : new Date(executeAt)
  await holdPacing(tx, post, due)
  await tx.trx
    .updateTable('tasks')
    .set({ run_at: due, updated_at: tx.now })
    .where('team_id', '=', post.team_id)
    .where('id', '=', post.id)
    .execute()
  return due
}

/**
 * Changes a post that has not begun to publish. New media goes through all its checks again before anything is published.
 * @param faults what is wrong with the request's shape, told together with the rest
 * @param changes members left out stay as they are; `executeAt` null means at once
 * @throws CroftError `post_not_found`, `nothing_to_update`, `invalid_state`, `validation_error`, `cadence_exceeded`
 */
export async function updatePost(
  scope: Scope,
  id: string,
  changes: Partial<PostInput>,
  faults: readonly Detail[] = [],
): Promise<PostView> {
  const { ctx, caller } = scope
  const found = await findPost(ctx.db, caller.teamId, id)
  if (Object.keys(changes).length === 0 && faults.length === 0)
    throw new CroftError('nothing_to_update', 'Name at least one member to change.')
  // A stored time may have passed; one that is given may not.
  checkPost(ctx, { ...inputOf(found), executeAt: null, ...changes }, faults)
  return scope.commit(async (tx) => {
    const before = await lockPost(tx.trx, caller.teamId, id)
    if (!editable.includes(before.status)) throw invalidState(before)
    const input = { ...inputOf(before), ...changes }
    const { hashtags } = requireCan(ctx, await findProfile(tx.trx, caller.teamId, before.profile_id), input)
    const otherMedia = input.mediaUrl !== before.media_url || input.mediaType !== before.media_type
    const media = otherMedia
      ? { media_version: before.media_version + 1, media_id: null, warnings: '[]', prepare_lease: null, inspections_cut: 0 }
      : {}
    let post = await tx.trx
      .updateTable('posts')
      .set({ ...columns(input, hashtags), ...media, updated_at: tx.now })
      .where('team_id', '=', caller.teamId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    const due = 'executeAt' in changes ? await setTime(tx, post, input.executeAt) : null
    if (otherMedia) {
      if (post.status !== 'preparing') post = await movePost(tx, post, 'media_replaced', 'The team gave it other media.')
      await tx.send(preparePost, { team_id: caller.teamId, task_id: id, media_version: post.media_version })
    } else if (due) {
      if (post.status === 'queued' && due > tx.now) post = await movePost(tx, post, 'put_off', 'The team gave it a later time.')
      if (post.status === 'scheduled' && due <= tx.now)
        post = await movePost(tx, post, 'came_due', 'The team asked for it at once.')
      await tx.send(wakeProfile, { team_id: caller.teamId, profile_id: post.profile_id }, due)
    }
    if (due) await recordEvent(tx, 'post.scheduled', postFacts(post))
    await recordAudit(tx, 'post.update', `post:${id}`, { ...inputOf(before) }, { ...inputOf(post) })
    return viewPost(tx.trx, post)
  })
}
