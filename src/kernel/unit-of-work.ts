import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Trx } from '../db/connect.ts'
import type { Caller, Context } from './context.ts'
import type { CroftError } from './errors.ts'
import type { LoopName } from './wakeups.ts'
import { isDeadlock } from './conflict.ts'

/** A transaction that serves one caller or several. */
export interface SharedTx {
  trx: Trx
  ctx: Context
  now: Date
  /** Wakes this process's own loop after the transaction has committed. */
  wake(loop: LoopName): void
}

/** One transaction of a verb: the change, its event and its audit row. */
export interface Tx extends SharedTx {
  caller: Caller
}

/** What one caller asks of a shared write. */
export interface Entry<I> {
  caller: Caller
  input: I
}

/**
 * A write that one transaction does for many callers: it answers in the order of its entries, with the error of an entry
 * that it refuses, which leaves nothing behind.
 */
export type SharedWrite<I, O> = (tx: SharedTx, entries: readonly Entry<I>[]) => Promise<(O | CroftError)[]>

/**
 * What a verb that writes is given. It commits once, last, and answers what that answers, so that the verb's caller can
 * put an idempotency record, or a rollback for a dry run, into the same transaction.
 */
export interface UnitOfWork {
  ctx: Context
  caller: Caller
  /** Whether all of it is undone at the end: then nothing may be done apart from the commit. */
  dry: boolean
  commit<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** As `commit`, possibly in one transaction with what other callers ask of the same write at the time. */
  commitShared<I, O>(write: SharedWrite<I, O>, input: I): Promise<O>
}

const mostDeadlocks = 5
/** Longer than the other transaction takes to go on: at once, this one would take its locks again before that. Milliseconds. */
const deadlockPauseMs = 20

/** Runs a transaction again if Postgres rolled it back because of a deadlock. */
async function despiteDeadlocks<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transaction()
    } catch (error) {
      if (!isDeadlock(error) || tries >= mostDeadlocks) throw error
      await pause(randomInt(deadlockPauseMs) * 2 ** tries)
    }
  }
}

/** Runs a transaction. After the commit this process's own workers are woken. */
export async function transact<T>(ctx: Context, work: (tx: SharedTx) => Promise<T>): Promise<T> {
  const woken = new Set<LoopName>()
  const result = await despiteDeadlocks(() =>
    ctx.db.transaction().execute((trx) =>
      work({
        trx,
        ctx,
        now: ctx.clock.now(),
        wake: (loop) => void woken.add(loop),
      }),
    ),
  )
  for (const loop of woken) ctx.wakeups.wake(loop)
  return result
}

/** What else a caller does inside the transaction once the work is done; throwing rolls all of it back. */
export type AroundCommit = <T>(tx: Tx, work: (tx: Tx) => Promise<T>) => Promise<T>

/** A unit of work for one verb. */
export function openUnit(ctx: Context, caller: Caller, around: AroundCommit = (tx, work) => work(tx)): UnitOfWork {
  const commit: UnitOfWork['commit'] = (work) =>
    transact(ctx, (shared) =>
      around(
        {
          ...shared,
          caller,
        },
        work,
      ),
    )
  return {
    ctx,
    caller,
    dry: false,
    commit,
    commitShared: (write, input) =>
      commit(async (tx) => {
        const [result] = await write(tx, [{ caller, input }])
        if (result === undefined) throw new Error('a shared write answered nothing')
        if (result instanceof Error) throw result
        return result
      }),
  }
}

/** The unit of work in which Croft itself acts for a team. */
export const systemUnit = (ctx: Context, teamId: string): UnitOfWork => openUnit(ctx, { kind: 'croft', teamId, requestId: null })

/** The same transaction for a change of another team, in a set-based change of Croft's own. */
export const inTeam = (tx: Tx, teamId: string): Tx => ({ ...tx, caller: { ...tx.caller, teamId } })
