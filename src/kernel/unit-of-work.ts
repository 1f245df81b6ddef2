import type { Trx } from '../db/connect.ts'
import type { JobData, JobDefinition } from '../jobs/definitions.ts'
import type { Caller, Context } from './context.ts'
import type { LoopName } from './wakeups.ts'
import { isDeadlock } from './conflict.ts'

/** One transaction of a verb: the change, its event, its task and its audit row. */
export interface Tx {
  trx: Trx
  ctx: Context
  caller: Caller
  now: Date
  /** Wakes this process's own loop after the transaction has committed. */
  wake(loop: LoopName): void
  /** Sends a job that exists exactly when this transaction commits. */
  send<Data extends JobData>(definition: JobDefinition<Data>, data: Data, at?: Date): Promise<void>
}

/**
 * What a writing verb gets. It calls `commit` once, last, and returns the result, so that its caller can put an
 * idempotency record, or the rollback of a dry run, into the same transaction.
 */
export interface UnitOfWork {
  ctx: Context
  caller: Caller
  /** Whether everything is rolled back at the end: then only `commit` may have effects. */
  dry: boolean
  commit<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

const mostDeadlocks = 3

/** Runs a transaction again if Postgres rolled it back because of a deadlock. */
async function despiteDeadlocks<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transaction()
    } catch (error) {
      if (!isDeadlock(error) || tries >= mostDeadlocks) throw error
    }
  }
}

/** What the caller adds to the transaction after the work is done. Throwing rolls everything back. */
export type AroundCommit = <T>(tx: Tx, work: (tx: Tx) => Promise<T>) => Promise<T>

/** A unit of work for one verb. After the commit, this process's own workers are woken. */
export function openUnit(ctx: Context, caller: Caller, around: AroundCommit = (tx, work) => work(tx)): UnitOfWork {
  return {
    ctx,
    caller,
    dry: false,
    async commit(work) {
      const sent = new Set<JobDefinition<JobData>>()
      const woken = new Set<LoopName>()
      const result = await despiteDeadlocks(() =>
        ctx.db.transaction().execute((trx) => {
          const tx: Tx = {
            trx,
            ctx,
            caller,
            now: ctx.clock.now(),
            wake: (loop) => void woken.add(loop),
            async send(definition, data, at) {
              sent.add(definition)
              await ctx.queue.send(trx, at === undefined ? { definition, data } : { definition, data, at })
            },
          }
          return around(tx, work)
        }),
      )
      for (const definition of sent) ctx.queue.nudge(definition)
      for (const loop of woken) ctx.wakeups.wake(loop)
      return result
    },
  }
}

/** The unit of work in which Croft itself acts for a team. */
export const systemUnit = (ctx: Context, teamId: string): UnitOfWork =>
  openUnit(ctx, { teamId, actor: 'croft', scope: 'write', requestId: null })
