import { sql } from 'kysely'
import type { Trx } from '../../db/connect.ts'
import { claimTasks, type ClaimedTask } from '../../engine/tasks/claim.ts'
import { parkBehind, parkTasks } from '../../engine/tasks/park.ts'
import type { Context } from '../../kernel/context.ts'
import type { PostRow, ProfileRow, TaskRow } from '../../kernel/rows.ts'
import { inTeam, systemUnit, type Tx } from '../../kernel/unit-of-work.ts'
import { noTeam } from '../../people/manager.ts'
import { beginPosts, lockPosts, lockPostsToBegin, queuePosts, type BeginningPost } from '../posts/begin.ts'
import { isClosed } from '../profiles/lifecycle.ts'
import { kindOf } from './kinds.ts'

/** A task that was claimed and has begun, to be carried out. */
export interface BegunTask {
  task: ClaimedTask
  profile: ProfileRow
  /** The post of a publish task. */
  post: PostRow | null
}

/** Where the candidates of a claim come from: tasks that it locks, in the order in which they are due. */
export type LockCandidates = (trx: Trx) => Promise<TaskRow[]>

interface ClaimOptions {
  worker: string
  lock: LockCandidates
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
    const candidates = (await options.lock(tx.trx)).filter(({ id }) => !options.avoid?.has(id))
    if (candidates.length === 0) return { begun: [], more: false }
    const profiles = await lockProfiles(tx.trx, candidates)
    const { resumed, next, behind, notNow } = await choose(tx, candidates, profiles, options.most ?? (() => Infinity))
    const isPost = ({ kind }: TaskRow) => kind === 'publish'
    await parkTasks(tx.trx, notNow)
    const parked = new Set([...(await parkBehind(tx.trx, behind)), ...notNow.map(({ id }) => id)])
    const begun = [...(await resume(tx, options.worker, resumed, profiles)), ...(await begin(tx, options, next, profiles))]
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

/** Locks the candidates' profiles, so that no other claim chooses for the same ones meanwhile; one that is locked is passed over. */
async function lockProfiles(trx: Trx, tasks: readonly TaskRow[]): Promise<Map<string, ProfileRow>> {
  const owners = new Map(tasks.map(({ team_id, profile_id }) => [profile_id, { team_id, id: profile_id }]))
  const { rows } = await sql<ProfileRow>`
    select p.* from jsonb_to_recordset(${JSON.stringify([...owners.values()])}::jsonb) as v(team_id uuid, id uuid)
    join profiles p on p.team_id = v.team_id and p.id = v.id
    for no key update of p skip locked`.execute(trx)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Which candidates were under way already, which can begin, which wait behind a task of their profile, and which its state does not allow. */
async function choose(
  tx: Tx,
  candidates: readonly TaskRow[],
  profiles: ReadonlyMap<string, ProfileRow>,
  most: (teamId: string) => number,
) {
  const resumed = candidates.filter(({ status, profile_id }) => status !== 'queued' && profiles.has(profile_id))
  const queued = candidates.filter(({ status, profile_id }) => status === 'queued' && profiles.has(profile_id))
  const busy = await profilesUnderWay(tx.trx, queued)
  const begins = new Map<string, number>()
  const [next, behind, notNow]: [TaskRow[], TaskRow[], TaskRow[]] = [[], [], []]
  for (const task of queued) {
    const profile = profiles.get(task.profile_id)
    if (!profile) continue
    if (busy.has(profile.id)) behind.push(task)
    else if (!kindOf(task).runsIn(profile.status)) notNow.push(task)
    else if ((begins.get(task.team_id) ?? 0) < most(task.team_id)) {
      begins.set(task.team_id, (begins.get(task.team_id) ?? 0) + 1)
      busy.add(profile.id)
      next.push(task)
    }
  }
  return { resumed, next, behind, notNow }
}

/** Read after the profiles are locked: no other claim can make one of them busy now. */
async function profilesUnderWay(trx: Trx, tasks: readonly TaskRow[]): Promise<Set<string>> {
  if (tasks.length === 0) return new Set()
  const owners = tasks.map(({ team_id, profile_id }) => ({ team_id, profile_id }))
  const { rows } = await sql<{ profile_id: string }>`
    select t.profile_id from tasks t
    join jsonb_to_recordset(${JSON.stringify(owners)}::jsonb) as v(team_id uuid, profile_id uuid) using (team_id, profile_id)
    where t.status in ('running', 'waiting')`.execute(trx)
  return new Set(rows.map((row) => row.profile_id))
}

/** Takes up tasks that were under way: their beginning is done. */
async function resume(
  tx: Tx,
  worker: string,
  tasks: readonly TaskRow[],
  profiles: ReadonlyMap<string, ProfileRow>,
): Promise<BegunTask[]> {
  const claimed = await claimTasks(tx.trx, tx.ctx, worker, tasks)
  const posts = await lockPosts(
    tx,
    claimed.filter(({ kind }) => kind === 'publish'),
  )
  return withRows(claimed, profiles, posts)
}

async function begin(
  tx: Tx,
  options: ClaimOptions,
  tasks: readonly TaskRow[],
  profiles: ReadonlyMap<string, ProfileRow>,
): Promise<BegunTask[]> {
  const together = options.alone ? [] : tasks.filter((task) => isPlainPublish(tx, task, profiles.get(task.profile_id)))
  const taskOf = new Map(together.map((task) => [task.id, task]))
  const beginning = (await lockPostsToBegin(tx, together)).flatMap(({ post, content, anew }): BeginningPost[] => {
    const task = taskOf.get(post.id)
    return task && (post.status === 'queued' || post.status === 'scheduled') ? [{ task, post, content, anew }] : []
  })
  const begun: BegunTask[] = (await beginPosts(tx, options.worker, beginning)).flatMap(({ task, post }) => {
    const profile = profiles.get(task.profile_id)
    return profile ? [{ task, profile, post }] : []
  })
  const rest = tasks.filter(({ id }) => !beginning.some(({ task }) => task.id === id))
  for (const task of rest) begun.push(...(await beginAlone(tx, options, task, profiles)))
  return begun
}

/** A publish that the driver carries out itself, on a profile that still takes posts. */
function isPlainPublish({ ctx }: Tx, task: TaskRow, profile: ProfileRow | undefined): boolean {
  if (task.kind !== 'publish' || !profile || isClosed(profile.status)) return false
  return !ctx.drivers.get(profile.driver)?.can.byPerson
}

/** Begins a task by its kind's own rules. One whose beginning fails is left as it was, and alone for a while. */
async function beginAlone(
  tx: Tx,
  { worker, avoid }: ClaimOptions,
  task: TaskRow,
  profiles: ReadonlyMap<string, ProfileRow>,
): Promise<BegunTask[]> {
  const profile = profiles.get(task.profile_id)
  if (!profile) return []
  await sql`savepoint begin_task`.execute(tx.trx)
  try {
    const [claimed] = await claimTasks(tx.trx, tx.ctx, worker, [task])
    const goes = claimed && (await kindOf(claimed).begin(inTeam(tx, task.team_id), claimed, profile))
    if (!goes) return []
    return withRows([claimed], profiles, task.kind === 'publish' ? await lockPosts(tx, [claimed]) : [])
  } catch (error) {
    await sql`rollback to savepoint begin_task`.execute(tx.trx)
    if (!avoid) throw error
    avoid.add(task.id)
    tx.ctx.log.error({ err: error, task_id: task.id, kind: task.kind }, 'a task could not begin; it is tried again')
    return []
  }
}

function withRows(
  claimed: readonly ClaimedTask[],
  profiles: ReadonlyMap<string, ProfileRow>,
  posts: readonly PostRow[],
): BegunTask[] {
  return claimed.flatMap((task) => {
    const profile = profiles.get(task.profile_id)
    const post = posts.find(({ id }) => id === task.id) ?? null
    return profile ? [{ task, profile, post }] : []
  })
}
