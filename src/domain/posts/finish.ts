import { sql } from 'kysely'
import type { Published } from '../../drivers/contract.ts'
import type { ClaimedTask } from '../../engine/tasks/claim.ts'
import { releasing } from '../../engine/tasks/park.ts'
import type { PostRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { enqueuePostWebhooks } from '../webhooks/enqueue.ts'
import { newId } from '../../lib/ids.ts'
import { contentOf } from './content.ts'
import { postFacts } from './move.ts'

/** A claimed publish that the platform took. */
export interface FinishedPost {
  task: ClaimedTask
  done: Published
}

const reasons = { published: 'The post is live.', draft_saved: 'The draft is saved on the device.' } as const

/** What the post becomes, or null if what went out may not be what it shows, or the claim is lost: settled one by one. */
function outcomeOf(post: PostRow, task: ClaimedTask): 'published' | 'draft_saved' | null {
  if (post.status !== 'publishing') return null
  if (task.content !== null && task.content !== contentOf(post)) return null
  return post.is_live ? 'published' : 'draft_saved'
}

/**
 * Settles publishes that went out: posts, tasks, timeline, events and webhooks of all of them in a few statements.
 * @returns the ids of the posts that it settled; the others are untouched
 */
export async function finishPosts(tx: Tx, finished: readonly FinishedPost[]): Promise<Set<string>> {
  const claims = JSON.stringify(finished.map(({ task: { team_id, id, claim } }) => ({ team_id, id, claim })))
  const { rows: locked } = await sql<PostRow>`
    select p.* from jsonb_to_recordset(${claims}::jsonb) as v(team_id uuid, id uuid, claim uuid)
    join tasks t on t.team_id = v.team_id and t.id = v.id and t.claim = v.claim and t.status = 'running'
    join posts p on p.team_id = t.team_id and p.id = t.id
    order by t.team_id, t.id for update of t, p`.execute(tx.trx)
  const byId = new Map(finished.map((one) => [one.task.id, one]))
  const posts = locked.flatMap((post): PostRow[] => {
    const one = byId.get(post.id)
    const status = one && outcomeOf(post, one.task)
    if (!one || !status) return []
    const { platformPostId, url, at } = one.done
    const published_at = status === 'published' ? new Date(at) : post.published_at
    return [{ ...post, status, platform_post_id: platformPostId, post_url: url, published_at, failure: null, updated_at: tx.now }]
  })
  if (posts.length === 0) return new Set()
  await store(tx, posts)
  await enqueuePostWebhooks(
    tx,
    posts.filter((post) => post.status === 'published'),
  )
  tx.wake('tasks')
  return new Set(posts.map(({ id }) => id))
}

/** Writes posts, tasks, timeline and events by one statement, and releases what waits behind the tasks. */
async function store(tx: Tx, posts: readonly PostRow[]): Promise<void> {
  const rows = posts.map((post) => ({
    team_id: post.team_id,
    id: post.id,
    profile_id: post.profile_id,
    status: post.status,
    platform_post_id: post.platform_post_id,
    post_url: post.post_url,
    published_at: post.published_at,
    reason: reasonOf(post),
    line: newId(),
    event: newId(),
    facts: { ...postFacts(post), reason: reasonOf(post) },
  }))
  await sql`
    with given as materialized (
      select * from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (team_id uuid, id uuid, profile_id uuid,
        status text, platform_post_id text, post_url text, published_at timestamptz, reason text, line uuid, event uuid, facts jsonb))
    ), moved as (
      update posts p set status = given.status, platform_post_id = given.platform_post_id, post_url = given.post_url,
        failure = null, published_at = given.published_at, updated_at = ${tx.now}
      from given where p.team_id = given.team_id and p.id = given.id
    ), lines as (
      insert into timeline (team_id, profile_id, id, kind, task_id, task_kind, from_status, to_status, reason, created_at)
      select team_id, profile_id, line, 'task', id, 'publish', 'publishing', status, reason, ${tx.now}::timestamptz from given
    ), told as (
      insert into events (team_id, id, type, data, created_at)
      select team_id, event, 'post.' || status, facts, ${tx.now} from given
    ), released as (${releasing(sql`given v`)})
    update tasks t set status = 'done', claim = null, claimed_by = null, lease_until = null, resume_at = null,
      ended_at = ${tx.now}, updated_at = ${tx.now}
    from given where t.team_id = given.team_id and t.id = given.id`.execute(tx.trx)
}

const reasonOf = ({ status }: PostRow): string => (status === 'published' ? reasons.published : reasons.draft_saved)
