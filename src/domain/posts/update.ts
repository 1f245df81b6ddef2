import { releaseProfile } from '../../engine/tasks/park.ts'
import { CroftError, type Detail } from '../../kernel/errors.ts'
import { dueNow } from '../media/kind.ts'
import { getProfile } from '../profiles/get.ts'
import type { PostRow } from '../../kernel/rows.ts'
import { recordAudit, recordEvent } from '../../kernel/record.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'
import { requireCan } from './accept.ts'
import { contentOf, inputOf } from './content.ts'
import { getPost, lockPost } from './get.ts'
import { lockForPacing } from './lock-for-pacing.ts'
import { checkPost, enteredDescription, isOfCaption, type PostInput } from './input.ts'
import { invalidState, movePost, postFacts } from './move.ts'
import { postDetails, type PostDetails } from './details.ts'

const editable = ['preparing', 'scheduled', 'queued']
const draftStands =
  'Its draft is saved on the device and goes live as it stands there: only execute_at and webhook_url can change. To publish something else, cancel it and create another post.'

/** The row's members for the input. */
const columns = (input: PostInput) => ({
  media_type: input.mediaType,
  media_url: input.mediaUrl,
  sound_id: input.soundId,
  title: input.title,
  webhook_url: input.webhookUrl,
  description: input.description,
  execute_at: input.executeAt === null ? null : new Date(input.executeAt),
  is_live: input.isLive,
  privacy_level: input.privacyLevel,
  is_ai_generated: input.isAiGenerated,
  is_commercial: input.isCommercial,
})

async function setTime(tx: Tx, post: PostRow, executeAt: number | null): Promise<Date> {
  const due = executeAt === null ? tx.now : new Date(executeAt)
  await lockForPacing(tx, post, due)
  await tx.trx
    .updateTable('tasks')
    .set({ run_at: due, parked: false, updated_at: tx.now })
    .where('team_id', '=', post.team_id)
    .where('id', '=', post.id)
    .execute()
  return due
}

/** What else changes with the new values: the caption as it will be entered, warnings, and the version of other media. */
function derived(tx: Tx, before: PostRow, input: PostInput, changes: Partial<PostInput>, hashtags: boolean) {
  const { text, warnings } = enteredDescription(input.description, hashtags)
  const otherMedia = input.mediaUrl !== before.media_url || input.mediaType !== before.media_type
  const ofCaption = changes.description === undefined ? before.warnings.filter(isOfCaption) : warnings
  const ofMedia = otherMedia ? [] : before.warnings.filter((warning) => !isOfCaption(warning))
  return {
    ...columns({ ...input, description: text }),
    warnings: JSON.stringify([...ofCaption, ...ofMedia]),
    ...(otherMedia ? { media_version: before.media_version + 1, media_id: null, ...dueNow(tx) } : {}),
  }
}

/** Stores the values. @throws CroftError `invalid_state` where a draft of the post is saved, which would go live as it is */
async function store(tx: Tx, before: PostRow, set: ReturnType<typeof derived>): Promise<PostRow> {
  const post = await tx.trx
    .updateTable('posts')
    .set({ ...set, updated_at: tx.now })
    .where('team_id', '=', before.team_id)
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  if (contentOf(post) === contentOf(before)) return post
  if (before.platform_post_id !== null) throw invalidState(before, draftStands)
  // Tries made before were of the old content.
  await tx.trx
    .updateTable('tasks')
    .set({ tries: 0, updated_at: tx.now })
    .where('team_id', '=', post.team_id)
    .where('id', '=', post.id)
    .execute()
  return post
}

/** Lets a changed post go on: back to its media, or to its new time. */
async function goOn(tx: Tx, before: PostRow, stored: PostRow, due: Date | null): Promise<PostRow> {
  const { team_id, profile_id } = stored
  let post = stored
  if (post.media_version !== before.media_version) {
    if (post.status !== 'preparing') post = await movePost(tx, post, 'media_replaced', 'The team gave it other media.')
    tx.wake('media')
    return post
  }
  if (due && post.status === 'queued' && due > tx.now)
    post = await movePost(tx, post, 'put_off', 'The team gave it a later time.')
  if (due && post.status === 'scheduled' && due <= tx.now)
    post = await movePost(tx, post, 'came_due', 'The team asked for it at once.')
  // A worker that came while this held the post has passed it over.
  if (due || post.status === 'queued') await releaseProfile(tx, { team_id, profile_id })
  return post
}

/**
 * Changes a post that has not begun to publish. New media goes through all its checks again before anything is
 * published, and what was stored of an earlier try belongs to the old content: the next try starts over.
 * @param faults what is wrong with the request's shape, told together with the rest
 * @param changes members left out stay as they are; `executeAt` null means at once
 * @throws CroftError `post_not_found`, `nothing_to_update`, `invalid_state`, `validation_error`, `cadence_exceeded`
 */
export async function updatePost(
  unit: UnitOfWork,
  id: string,
  changes: Partial<PostInput>,
  faults: readonly Detail[] = [],
): Promise<PostDetails> {
  const { ctx, caller } = unit
  const found = await getPost(ctx.db, caller.teamId, id)
  if (Object.keys(changes).length === 0 && faults.length === 0)
    throw new CroftError('nothing_to_update', 'Name at least one member to change.')
  // A stored time may have passed; one that is given may not.
  const check = (post: PostRow) => checkPost(ctx, { ...inputOf(post), executeAt: null, ...changes }, faults)
  check(found)
  return unit.commit(async (tx) => {
    const before = await lockPost(tx.trx, caller.teamId, id)
    if (!editable.includes(before.status)) throw invalidState(before)
    check(before)
    const input = { ...inputOf(before), ...changes }
    const { hashtags } = requireCan(ctx, await getProfile(tx.trx, caller.teamId, before.profile_id), input)
    const stored = await store(tx, before, derived(tx, before, input, changes, hashtags))
    const due = 'executeAt' in changes ? await setTime(tx, stored, input.executeAt) : null
    const post = await goOn(tx, before, stored, due)
    if (due) await recordEvent(tx, 'post.scheduled', postFacts(post))
    await recordAudit(tx, 'post.update', `post:${id}`, { ...inputOf(before) }, { ...inputOf(post) })
    return postDetails(tx.trx, post)
  })
}
