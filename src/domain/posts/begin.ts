import { sql } from 'kysely'
import type { ClaimedTask } from '../../engine/tasks/claim.ts'
import { recordTimelines } from '../../kernel/record.ts'
import type { PostRow, TaskRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { newId } from '../../lib/ids.ts'
import { contentOf } from './content.ts'
import { postFacts } from './move.ts'

type PostId = Pick<TaskRow, 'team_id' | 'id'>

const cameDue = 'Its time has come.'
const began = 'The driver begins to publish.'

const ids = (posts: readonly PostId[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(posts.map(({ team_id, id }) => ({ team_id, id })))}::jsonb) as v(team_id uuid, id uuid)`

/** Locks posts whose tasks the caller has locked. */
export async function lockPosts(tx: Tx, tasks: readonly PostId[]): Promise<PostRow[]> {
  if (tasks.length === 0) return []
  const { rows } = await sql<PostRow>`
    select p.* from posts p join ${ids(tasks)} using (team_id, id) order by p.team_id, p.id for update of p`.execute(tx.trx)
  return rows
}

/** A locked post, and the content that it is to be published with. */
export interface PostToBegin {
  post: PostRow
  content: string
  /**
   * Whether the stored steps of its task's present run are of other content, and none of them has asked for anything that
   * may have had its effect: then the steps start over. If one has asked, only that run can tell what became of it.
   */
  anew: boolean
}

/** What is read of a queued task whose profile the caller has locked, so that no other claim can begin one of its tasks now. */
export interface FoundToBegin {
  /** Whether another task of its profile is under way. */
  busy: boolean
  /** The locked post of a publish. */
  post: PostToBegin | null
}

type FoundRow = PostRow & { task_id: string; busy: boolean; contents: (string | null)[] | null; asked: boolean | null }

/** Reads which profiles are busy, and locks the posts of publishes with what the steps stored so far mean for the beginning. */
export async function lockToBegin(tx: Pick<Tx, 'trx'>, tasks: readonly TaskRow[]): Promise<Map<string, FoundToBegin>> {
  if (tasks.length === 0) return new Map()
  const list = JSON.stringify(tasks.map(({ team_id, id, profile_id, run }) => ({ team_id, task_id: id, profile_id, run })))
  const { rows } = await sql<FoundRow>`
    select v.task_id, p.*, s.contents, s.asked, exists (
      select from tasks b where b.team_id = v.team_id and b.profile_id = v.profile_id and b.status in ('running', 'waiting')
    ) as busy
    from jsonb_to_recordset(${list}::jsonb) as v(team_id uuid, task_id uuid, profile_id uuid, run int)
    left join lateral (select * from posts where team_id = v.team_id and id = v.task_id for update) p on true
    cross join lateral (
      select array_agg(content) as contents, bool_or(once) as asked from task_steps
      where team_id = v.team_id and task_id = v.task_id and run = v.run
    ) s`.execute(tx.trx)
  return new Map(rows.map(({ task_id, ...row }) => [task_id, foundOf(row)]))
}

function foundOf({ busy, contents, asked, ...post }: Omit<FoundRow, 'task_id'>): FoundToBegin {
  if ((post.id as string | null) === null) return { busy, post: null }
  const content = contentOf(post)
  return { busy, post: { post, content, anew: asked !== true && (contents ?? []).some((stored) => stored !== content) } }
}

/** A queued publish whose task and post the caller has locked. */
export interface BeginningPost extends PostToBegin {
  task: TaskRow
}

/**
 * Claims publishes and moves their posts to `publishing`, many at once: the move `began` of the lifecycle, and before it
 * `came_due` for those that were still scheduled. One statement writes tasks, posts, timeline and events.
 */
export async function beginPosts(tx: Tx, worker: string, posts: readonly BeginningPost[]): Promise<BegunPost[]> {
  if (posts.length === 0) return []
  const claimedAt = performance.now()
  const moved = new Map(posts.map(({ post }) => [post.id, { ...post, status: 'publishing' as const, updated_at: tx.now }]))
  const rows = posts.map(({ task, post, content, anew }) => ({
    team_id: task.team_id,
    id: task.id,
    profile_id: task.profile_id,
    was: post.status,
    claim: newId(),
    content,
    run: task.run + (anew ? 1 : 0),
    due_line: newId(),
    line: newId(),
    event: newId(),
    facts: { ...postFacts(moved.get(post.id) ?? post), reason: began },
  }))
  const { rows: tasks } = await sql<TaskRow & { claim: string }>`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(team_id uuid, id uuid, profile_id uuid, was text,
        claim uuid, content text, run int, due_line uuid, line uuid, event uuid, facts jsonb)
    ), moved as (
      update posts p set status = 'publishing', updated_at = ${tx.now}
      from given where p.team_id = given.team_id and p.id = given.id
    ), lines as (
      insert into timeline (team_id, profile_id, id, kind, task_id, task_kind, from_status, to_status, reason, created_at)
      select team_id, profile_id, due_line, 'task', id, 'publish', 'scheduled', 'queued', ${cameDue}, ${tx.now}::timestamptz
        from given where was = 'scheduled'
      union all
      select team_id, profile_id, line, 'task', id, 'publish', 'queued', 'publishing', ${began}, ${tx.now} from given
    ), told as (
      insert into events (team_id, id, type, data, created_at)
      select team_id, event, 'post.publishing', facts, ${tx.now} from given
    )
    update tasks t
    set status = 'running', claim = given.claim, claimed_by = ${worker}, content = given.content, run = given.run, parked = false,
        lease_until = clock_timestamp() + ${tx.ctx.lease.ms} * interval '1 millisecond', resume_at = null,
        started_at = coalesce(t.started_at, ${tx.now}), updated_at = ${tx.now}, ended_at = null
    from given where t.team_id = given.team_id and t.id = given.id
    returning t.*`.execute(tx.trx)
  return tasks.flatMap((task) => {
    const post = moved.get(task.id)
    return post ? [{ task: { ...task, begun: false, claimedAt }, post }] : []
  })
}

export interface BegunPost {
  task: ClaimedTask
  post: PostRow
}

/** Moves posts whose time has come while their profile is not free to `queued`: the move `came_due`, for many at once. */
export async function queuePosts(tx: Tx, tasks: readonly PostId[]): Promise<void> {
  if (tasks.length === 0) return
  const { rows } = await sql<PostRow>`
    update posts p set status = 'queued', updated_at = ${tx.now} from ${ids(tasks)}
    where p.team_id = v.team_id and p.id = v.id and p.status = 'scheduled' returning p.*`.execute(tx.trx)
  await recordTimelines(
    tx,
    rows.map((post) => ({
      teamId: post.team_id,
      profileId: post.profile_id,
      kind: 'task',
      taskId: post.id,
      taskKind: 'publish',
      from: 'scheduled',
      to: 'queued',
      reason: cameDue,
    })),
  )
}
