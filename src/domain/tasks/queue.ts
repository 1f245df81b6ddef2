import type { Published } from '../../drivers/contract.ts'
import { lockResumable, type Candidates, type ClaimedTask } from '../../engine/tasks/claim.ts'
import { DueTeams, lockDue, lookAhead, msUntilDue, type Outlook } from '../../engine/tasks/due.ts'
import { keepLeases } from '../../engine/leases.ts'
import { extendTasks } from '../../engine/tasks/extend.ts'
import { ClaimLost, openStepStore } from '../../engine/tasks/steps.ts'
import type { Settlement } from '../../engine/tasks/kind.ts'
import { lockClaim } from '../../engine/tasks/end.ts'
import type { Loop } from '../../engine/loop.ts'
import { gather } from '../../kernel/group-commit.ts'
import type { Context } from '../../kernel/context.ts'
import { systemUnit } from '../../kernel/unit-of-work.ts'
import { noTeam } from '../../people/manager.ts'
import { finishPosts, type FinishedPost } from '../posts/finish.ts'
import { getProfile } from '../profiles/get.ts'
import { claimDue } from './claim.ts'
import { kindOf } from './kinds.ts'
import { loadWork, type TaskWork } from './load.ts'
import { perform, type Engine } from './perform.ts'

/** Looks at most this often for one that can begin, when all that it finds is parked, or ends as it begins. */
const mostLooks = 100
/** How long a task is left alone whose beginning failed. Milliseconds. */
const avoidMs = 10_000

/** One worker's tasks: claims those that are due, carries them out and settles them. */
export class TaskQueue implements Loop<TaskWork> {
  readonly name = 'tasks'
  readonly concurrency: number
  readonly #ctx: Context
  readonly #worker: string
  readonly #engine: Engine
  readonly #teams = new DueTeams()
  readonly #underWay = new Map<string, number>()
  readonly #avoided = new Map<string, number>()
  readonly #finish: (post: FinishedPost) => Promise<boolean>
  #outlook: Outlook | null = null

  constructor(ctx: Context, worker: string, concurrency: number) {
    this.#ctx = ctx
    this.#worker = worker
    this.concurrency = concurrency
    const extend = (tasks: readonly ClaimedTask[]) => extendTasks(ctx, tasks)
    this.#engine = { steps: openStepStore(ctx), leases: keepLeases({ everyMs: ctx.lease.ms / 6, extend }, ctx.log) }
    this.#finish = gather(
      async (posts: FinishedPost[]) => {
        const settled = await systemUnit(ctx, noTeam).commit((tx) => finishPosts(tx, posts))
        return posts.map(({ task }) => settled.has(task.id))
      },
      { most: 200, atOnce: 2 },
    )
  }

  async claim(limit: number): Promise<TaskWork[]> {
    this.#outlook = await lookAhead(this.#ctx, limit)
    if (this.#outlook.resumable) {
      const { work } = await this.claimFrom(lockResumable(this.#ctx, limit))
      if (work.length > 0) return work
    }
    for (let looks = 0; looks < mostLooks && this.#outlook.earliest.length > 0; looks += 1) {
      const shares = await this.#teams.share(this.#ctx, limit, this.#underWay, this.#outlook.earliest)
      if (shares.length === 0) return []
      const most = new Map(shares.map((share) => [share.team_id, share.most]))
      const found = await this.claimFrom(lockDue(this.#ctx.clock.now(), shares), (teamId) => most.get(teamId) ?? 0)
      if (found.work.length > 0 || !found.more) return found.work
      this.#outlook = await lookAhead(this.#ctx, limit)
    }
    return []
  }

  nextDueMs(): Promise<number | null> {
    return Promise.resolve(this.#outlook && msUntilDue(this.#outlook, this.#ctx.clock.now()))
  }

  async run(work: TaskWork, stopping: AbortSignal): Promise<void> {
    const { task } = work
    this.#count(task.team_id, 1)
    try {
      await this.#carryOut(work, stopping)
    } catch (error) {
      if (!(error instanceof ClaimLost)) throw error
      this.#ctx.log.warn(
        { task_id: task.id },
        'the claim of this task is over; another worker claims it when its lease has ended',
      )
    } finally {
      this.#count(task.team_id, -1)
    }
  }

  /** Ends the heartbeat. What is still under way is claimed by another worker when its lease is over. */
  close(): void {
    this.#engine.leases.stop()
  }

  /** Claims among tasks that `lock` finds; those that cannot begin together begin one by one. */
  async claimFrom(candidates: Candidates, most?: (teamId: string) => number): Promise<{ work: TaskWork[]; more: boolean }> {
    const now = performance.now()
    for (const [id, until] of this.#avoided) if (until < now) this.#avoided.delete(id)
    const avoid = {
      has: (id: string) => this.#avoided.has(id),
      add: (id: string) => void this.#avoided.set(id, now + avoidMs),
    }
    const options = { worker: this.#worker, candidates, avoid, ...(most ? { most } : {}) }
    const { begun, more } = await claimDue(this.#ctx, options).catch((error: unknown) => {
      this.#ctx.log.warn({ err: error }, 'tasks could not begin together; they begin one by one')
      return claimDue(this.#ctx, { ...options, alone: true })
    })
    return { work: await loadWork(this.#ctx, begun), more }
  }

  async #carryOut(work: TaskWork, stopping: AbortSignal): Promise<void> {
    const ctx = this.#ctx
    await ctx.reach('task.claimed')
    const settlement = await perform(ctx, this.#engine, work, stopping)
    await this.#settle(work, settlement)
    await ctx.reach('task.settled')
  }

  async #settle({ task }: TaskWork, settlement: Settlement<unknown>): Promise<void> {
    const ctx = this.#ctx
    if (task.kind === 'publish' && 'done' in settlement) {
      const done = settlement.done as Published
      if (await this.#finish({ task, done })) return
    }
    await systemUnit(ctx, task.team_id).commit(async (tx) => {
      await lockClaim(tx, task)
      await kindOf(task).settle(tx, task, await getProfile(tx.trx, task.team_id, task.profile_id), settlement)
    })
  }

  #count(teamId: string, by: number): void {
    const count = (this.#underWay.get(teamId) ?? 0) + by
    if (count > 0) this.#underWay.set(teamId, count)
    else this.#underWay.delete(teamId)
  }
}
