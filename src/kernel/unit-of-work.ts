import type { Trx } from '../db/connect.ts'
import type { Caller, Context } from './context.ts'
import type { LoopName } from './wakeups.ts'
import { isDeadlock } from './conflict.ts'

/** One transaction of a verb: the change, its event and its audit row. */
export interface Tx {
  trx: Trx
  ctx: Context
  caller: Caller
  now: Date
  /** Wakes this process's own loop once the transaction has committed. */
  wake(loop: LoopName): void
}

/**
 * What a verb that writes is given. It calls `commit` once, last, and answers what that answers, so that
 * whoever calls the verb can put an idempotency record, or a rollback for a dry run, into the same transaction.
 */
export interface UnitOfWork {
  ctx: Context
  caller: Caller
  /** Whether all of it is undone at the end: then nothing may be done apart from `commit`. */
  dry: boolean
  commit<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

const mostDeadlocks = 3

/** Runs a transaction again that Postgres undid because it and another waited for each other. */
async function despiteDeadlocks<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transaction()
    } catch (error) {
      if (!isDeadlock(error) || tries >= mostDeadlocks) throw error
    }
  }
}

/** What else a caller does inside the transaction once the work is done; throwing rolls all of it back. */
export type AroundCommit = <T>(tx: Tx, work: (tx: Tx) => Promise<T>) => Promise<T>

/** A unit of work for one verb. After the commit this process's own workers are woken. */
export function openUnit(ctx: Context, caller: Caller, around: AroundCommit = (tx, work) => work(tx)): UnitOfWork {
  return {
    ctx,
    caller,
    dry: false,
    async commit(work) {
      const woken = new Set<LoopName>()
      const result = await despiteDeadlocks(() =>
        ctx.db.transaction().execute((trx) => {
          const tx: Tx = {
            trx,
            ctx,
            caller,
            now: ctx.clock.now(),
            wake: (loop) => void woken.add(loop),
          }
          return around(tx, work)
        }),
      )
      for (const loop of woken) ctx.wakeups.wake(loop)
      return result
    },
  }
}

/** The unit of work in which Croft itself acts for a team. */
export const systemUnit = (ctx: Context, teamId: string): UnitOfWork =>
  openUnit(ctx, { teamId, actor: 'croft', scope: 'write', requestId: null })

/** The same transaction for a change of another team, in a set-based change of Croft's own. */
export const inTeam = (tx: Tx, teamId: string): Tx => ({ ...tx, caller: { ...tx.caller, teamId } })
