import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import type { ClaimedTask } from './claim.ts'

/** One task's claim, kept alive by the worker's heartbeat. */
export interface HeldClaim {
  /** True only while so much of the lease is surely left that one call of a driver, begun now, ends before another worker can claim the task. */
  holds(): boolean
  release(): void
}

/** The claims of one worker. One heartbeat extends them all. */
export class Leases {
  readonly #ctx: Context
  readonly #heldSince = new Map<ClaimedTask, number>()
  readonly #timer: NodeJS.Timeout
  #beating = false

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#timer = setInterval(() => void this.#beat(), ctx.lease.ms / 6)
  }

  hold(task: ClaimedTask): HeldClaim {
    this.#heldSince.set(task, task.claimedAt)
    return {
      holds: () => performance.now() - (this.#heldSince.get(task) ?? -Infinity) < this.#ctx.lease.ms / 3,
      release: () => this.#heldSince.delete(task),
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #beat(): Promise<void> {
    if (this.#beating || this.#heldSince.size === 0) return
    this.#beating = true
    const tasks = [...this.#heldSince.keys()]
    const asked = performance.now()
    try {
      const held = await extendLeases(this.#ctx, tasks)
      for (const task of tasks) if (this.#heldSince.has(task)) this.#heldSince.set(task, held.has(task.claim) ? asked : -Infinity)
    } catch (error) {
      this.#ctx.log.warn({ err: error, tasks: tasks.length }, 'leases could not be extended')
    } finally {
      this.#beating = false
    }
  }
}

/** Holds claims for another lease. @returns the claims that still stand */
export async function extendLeases({ db, lease }: Context, tasks: readonly ClaimedTask[]): Promise<Set<string>> {
  const claims = JSON.stringify(tasks.map(({ team_id, id, claim }) => ({ team_id, id, claim })))
  const { rows } = await sql<{ claim: string }>`
    update tasks t set lease_until = now() + ${lease.ms} * interval '1 millisecond'
    from jsonb_to_recordset(${claims}::jsonb) as c(team_id uuid, id uuid, claim uuid)
    where t.team_id = c.team_id and t.id = c.id and t.claim = c.claim and t.status = 'running'
    returning t.claim`.execute(db)
  return new Set(rows.map(({ claim }) => claim))
}
