import { sql } from 'kysely'
import type { Trx } from '../../db/connect.ts'
import { claimTasks, type Candidates, type ClaimedTask } from '../../engine/tasks/claim.ts'
import { parkBehind, parkTasks } from '../../engine/tasks/park.ts'
import type { Context } from '../../kernel/context.ts'
import type { PostRow, ProfileRow, TaskRow } from '../../kernel/rows.ts'
import { inTeam, systemUnit, type Tx } from '../../kernel/unit-of-work.ts'
import { noTeam } from '../../people/manager.ts'
import { beginPosts, lockPosts, lockToBegin, queuePosts, type BeginningPost, type FoundToBegin } from '../posts/begin.ts'
import { getProfile } from '../profiles/get.ts'
import { isClosed } from '../profiles/lifecycle.ts'
import { kindOf } from './kinds.ts'

/** A task that was claimed and has begun, to be carried out. */
export interface BegunTask {
  task: ClaimedTask
  /** The post of a publish task. */
  post: PostRow | null
}

/** A locked task whose profile is locked too. */
type Candidate = TaskRow & { profile_status: ProfileRow['status']; profile_driver: string }

interface ClaimOptions {
  worker: string
  candidates: Candidates
  /** How many tasks of a team may begin; left out, any number. */
  most?: (teamId: string) => number
  /** Tasks whose beginning failed a moment ago. */
  avoid?: { has(taskId: string): boolean; add(taskId: string): void }
  /** Whether to begin each task alone, after a batch has failed. */
  alone?: boolean
}

/** `more`: some of the candidates were parked, or ended as they began, so another look may find others. */
export interface Claimed {
  begun: BegunTask[]
  more: boolean
}

/**
 * Claims what can begin of the candidates, one task for each profile, and begins it, in one transaction. Tasks of a
 * profile that is not free, or whose state does not allow them, are parked.
 */
export function claimDue(ctx: Context, options: ClaimOptions): Promise<Claimed> {
  return systemUnit(ctx, noTeam).commit(async (tx) => {
    const candidates = (await lockCandidates(tx.trx, options.candidates)).filter(({ id }) => !options.avoid?.has(id))
    if (candidates.length === 0) return { begun: [], more: false }
    const queued = candidates.filter(({ status }) => status === 'queued')
    const found = await lockToBegin(tx, queued)
    const { next, behind, notNow } = choose(queued, found, options.most ?? (() => Infinity))
    const resumed = candidates.filter(({ status }) => status !== 'queued')
    const isPost = ({ kind }: TaskRow) => kind === 'publish'
    await parkTasks(tx.trx, notNow)
    const parked = new Set([...(await parkBehind(tx.trx, behind)), ...notNow.map(({ id }) => id)])
    const begun = [...(await resume(tx, options.worker, resumed)), ...(await begin(tx, options, next, found))]
    // What waits behind a task that this very claim has stamped.
    const stamped = new Set(begun.map(({ task }) => task.profile_id))
    const followers = behind.filter(({ id, profile_id }) => !parked.has(id) && stamped.has(profile_id))
    await parkTasks(tx.trx, followers)
    for (const { id } of followers) parked.add(id)
    await queuePosts(
      tx,
      [...behind, ...notNow].filter((task) => isPost(task) && parked.has(task.id)),
    )
    const ids = new Set(begun.map(({ task }) => task.id))
    const ended = next.some(({ id }) => !ids.has(id) && !options.avoid?.has(id))
    return { begun, more: ended || parked.size > 0 }
  })
}

/**
 * Locks the candidates with their profiles, so that no other claim chooses for the same ones meanwhile. One whose profile
 * is locked is passed over. In the order in which they are due.
 */
async function lockCandidates(trx: Trx, candidates: Candidates): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    with candidate as materialized (${candidates})
    select candidate.*, p.status as profile_status, p.driver as profile_driver
    from candidate cross join lateral (
      select status, driver from profiles where team_id = candidate.team_id and id = candidate.profile_id
      for no key update skip locked
    ) p
    order by candidate.run_at, candidate.id`.execute(trx)
  return rows
}

/** Which queued candidates can begin, which wait behind a task of their profile, and which its state does not allow. */
function choose(
  queued: readonly Candidate[],
  found: ReadonlyMap<string, FoundToBegin>,
  most: (teamId: string) => number,
): Record<'next' | 'behind' | 'notNow', Candidate[]> {
  const busy = new Set(queued.filter(({ id }) => found.get(id)?.busy).map(({ profile_id }) => profile_id))
  const begins = new Map<string, number>()
  const [next, behind, notNow]: [Candidate[], Candidate[], Candidate[]] = [[], [], []]
  for (const task of queued) {
    const begun = begins.get(task.team_id) ?? 0
    if (busy.has(task.profile_id)) behind.push(task)
    else if (!kindOf(task).runsIn(task.profile_status)) notNow.push(task)
    else if (begun < most(task.team_id)) {
      begins.set(task.team_id, begun + 1)
      busy.add(task.profile_id)
      next.push(task)
    }
  }
  return { next, behind, notNow }
}

/** Takes up tasks that were under way: their beginning is done. */
async function resume(tx: Tx, worker: string, tasks: readonly TaskRow[]): Promise<BegunTask[]> {
  const claimed = await claimTasks(tx.trx, tx.ctx, worker, tasks)
  return withPosts(tx, claimed)
}

async function begin(
  tx: Tx,
  options: ClaimOptions,
  tasks: readonly Candidate[],
  found: ReadonlyMap<string, FoundToBegin>,
): Promise<BegunTask[]> {
  const beginning = tasks.flatMap((task): BeginningPost[] => {
    const post = !options.alone && isPlainPublish(tx, task) ? found.get(task.id)?.post : null
    return post && (post.post.status === 'queued' || post.post.status === 'scheduled') ? [{ task, ...post }] : []
  })
  const begun: BegunTask[] = await beginPosts(tx, options.worker, beginning)
  const together = new Set(beginning.map(({ task }) => task.id))
  for (const task of tasks) if (!together.has(task.id)) begun.push(...(await beginAlone(tx, options, task)))
  return begun
}

/** A publish that the driver carries out itself, on a profile that still takes posts. */
function isPlainPublish({ ctx }: Tx, { kind, profile_status, profile_driver }: Candidate): boolean {
  return kind === 'publish' && !isClosed(profile_status) && !ctx.drivers.get(profile_driver)?.can.byPerson
}

/** Begins a task by its kind's own rules. One whose beginning fails is left as it was, and alone for a while. */
async function beginAlone(tx: Tx, { worker, avoid }: ClaimOptions, task: TaskRow): Promise<BegunTask[]> {
  const profile = await getProfile(tx.trx, task.team_id, task.profile_id)
  await sql`savepoint begin_task`.execute(tx.trx)
  try {
    const [claimed] = await claimTasks(tx.trx, tx.ctx, worker, [task])
    const goes = claimed && (await kindOf(claimed).begin(inTeam(tx, task.team_id), claimed, profile))
    if (!goes) return []
    return await withPosts(tx, [claimed])
  } catch (error) {
    await sql`rollback to savepoint begin_task`.execute(tx.trx)
    if (!avoid) throw error
    avoid.add(task.id)
    tx.ctx.log.error({ err: error, task_id: task.id, kind: task.kind }, 'a task could not begin; it is tried again')
    return []
  }
}

async function withPosts(tx: Tx, claimed: readonly ClaimedTask[]): Promise<BegunTask[]> {
  const posts = await lockPosts(
    tx,
    claimed.filter(({ kind }) => kind === 'publish'),
  )
  const byId = new Map(posts.map((post) => [post.id, post]))
  return claimed.map((task) => ({ task, post: byId.get(task.id) ?? null }))
}
