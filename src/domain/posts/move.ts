import { sql, type Updateable } from 'kysely'
import type { PostStatus, Tables } from '../../db/schema.ts'
import type { JsonObject } from '../../lib/json.ts'
import { releaseProfile } from '../../engine/tasks/park.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { EventType } from '../../kernel/event-types.ts'
import type { PostRow } from '../../kernel/rows.ts'
import { recordEvent, recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { nextPostStatus, taskStatusOf, type PostEvent } from './lifecycle.ts'

const told: Partial<Record<PostStatus, EventType>> = {
  publishing: 'post.publishing',
  draft_saved: 'post.draft_saved',
  published: 'post.published',
  failed: 'post.failed',
  canceled: 'post.canceled',
  unconfirmed: 'post.unconfirmed',
}

/** What an event says of a post. */
export const postFacts = (post: PostRow): JsonObject => ({
  task_id: post.id,
  profile_id: post.profile_id,
  status: post.status,
  is_live: post.is_live,
  execute_at: post.execute_at?.getTime() ?? null,
  post_url: post.post_url,
  failure: post.failure && {
    code: post.failure.code,
    message: post.failure.message,
    reasons: (post.failure.reasons ?? []).map((reason) => ({ ...reason })),
  },
})

interface Change {
  post?: Updateable<Tables['posts']>
  task?: Updateable<Tables['tasks']>
  /** A new run of the task: its steps start over. */
  anew?: boolean
  /** The worker that claimed the task goes on with it. */
  held?: boolean
}

/**
 * Moves a post along its lifecycle by a conditional update, and its task with it, with the event and the timeline.
 * @throws CroftError `invalid_state` where the move is not allowed, or another came first
 */
export async function movePost(tx: Tx, post: PostRow, event: PostEvent, reason: string, change: Change = {}): Promise<PostRow> {
  const to = nextPostStatus(post.status, event)
  const moved =
    to &&
    (await tx.trx
      .updateTable('posts')
      .set({ ...change.post, status: to, updated_at: tx.now })
      .where('team_id', '=', post.team_id)
      .where('id', '=', post.id)
      .where('status', '=', post.status)
      .returningAll()
      .executeTakeFirst())
  if (!moved) throw invalidState(post)
  const task = change.held ? 'running' : taskStatusOf[moved.status]
  const over = task === 'done' || task === 'failed' || task === 'canceled' || task === 'unconfirmed'
  await tx.trx
    .updateTable('tasks')
    .set({
      ...(task === 'running' ? {} : { claim: null, claimed_by: null, lease_until: null, resume_at: null }),
      ended_at: over ? tx.now : null,
      parked: false,
      ...change.task,
      ...(change.anew ? { run: sql<number>`run + 1` } : {}),
      status: task,
      updated_at: tx.now,
    })
    .where('team_id', '=', post.team_id)
    .where('id', '=', post.id)
    .execute()
  await recordTimeline(tx, {
    profileId: post.profile_id,
    kind: 'task',
    taskId: post.id,
    taskKind: 'publish',
    from: post.status,
    to: moved.status,
    reason,
  })
  // A post in `preparing` has had nothing behind it.
  if (post.status === 'preparing') tx.wake('tasks')
  else await releaseProfile(tx, post)
  const type = told[moved.status]
  if (type) await recordEvent(tx, type, { ...postFacts(moved), reason })
  return moved
}

/** @returns the 409 that tells the post's status */
export const invalidState = (post: PostRow, why = 'This is not possible now.'): CroftError =>
  new CroftError('invalid_state', `The post is ${post.status}. ${why}`, { status: post.status })
