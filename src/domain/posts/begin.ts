import { sql } from 'kysely'
import { recordEvents, recordTimelines } from '../../kernel/record.ts'
import type { PostRow, TaskRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { postFacts } from './move.ts'

type PostId = Pick<TaskRow, 'team_id' | 'id'>

const ids = (posts: readonly PostId[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(posts.map(({ team_id, id }) => ({ team_id, id })))}::jsonb) as v(team_id uuid, id uuid)`

const cameDue = 'Its time has come.'

/** Locks posts whose tasks the caller has locked. */
export async function lockPosts(tx: Tx, tasks: readonly PostId[]): Promise<PostRow[]> {
  if (tasks.length === 0) return []
  const { rows } = await sql<PostRow>`
    select p.* from posts p join ${ids(tasks)} using (team_id, id) order by p.team_id, p.id for update of p`.execute(tx.trx)
  return rows
}

/**
 * Moves posts whose tasks were claimed to `publishing`, many at once: the move `began` of the lifecycle, and before it
 * `came_due` for those that were still scheduled.
 */
export async function beginPosts(tx: Tx, locked: readonly PostRow[]): Promise<PostRow[]> {
  if (locked.length === 0) return []
  const reason = 'The driver begins to publish.'
  const { rows } = await sql<PostRow>`
    update posts p set status = 'publishing', updated_at = ${tx.now} from ${ids(locked)}
    where p.team_id = v.team_id and p.id = v.id returning p.*`.execute(tx.trx)
  await recordTimelines(tx, [
    ...locked
      .filter(({ status }) => status === 'scheduled')
      .map((post) => timelineOf({ ...post, status: 'queued' }, 'scheduled', cameDue)),
    ...rows.map((post) => timelineOf(post, 'queued', reason)),
  ])
  await recordEvents(
    tx,
    rows.map((post) => ({ teamId: post.team_id, type: 'post.publishing', data: { ...postFacts(post), reason } })),
  )
  return rows
}

/** Moves posts whose time has come while their profile is not free to `queued`: the move `came_due`, for many at once. */
export async function queuePosts(tx: Tx, tasks: readonly PostId[]): Promise<void> {
  if (tasks.length === 0) return
  const { rows } = await sql<PostRow>`
    update posts p set status = 'queued', updated_at = ${tx.now} from ${ids(tasks)}
    where p.team_id = v.team_id and p.id = v.id and p.status = 'scheduled' returning p.*`.execute(tx.trx)
  await recordTimelines(
    tx,
    rows.map((post) => timelineOf(post, 'scheduled', cameDue)),
  )
}

/** The line that a move of a post leaves in its profile's timeline. */
export const timelineOf = (post: PostRow, from: string | null, reason: string) =>
  ({
    teamId: post.team_id,
    profileId: post.profile_id,
    kind: 'task',
    taskId: post.id,
    taskKind: 'publish',
    from,
    to: post.status,
    reason,
  }) as const
