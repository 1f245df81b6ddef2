import { findAnswer, type StoredAnswer } from '../../domain/idempotency/keys.ts'
import { commitTogether } from '../../domain/idempotency/shared.ts'
import { claimFiles } from '../../domain/media/claims.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { openUnit, type AroundCommit, type UnitOfWork } from '../../kernel/unit-of-work.ts'
import { holdingKey, type RequestKey } from './idempotency.ts'

export type Verb<V> = (unit: UnitOfWork) => Promise<V>

/** A request's key, and the answer that is stored under it for what the verb committed. */
interface Keyed extends RequestKey {
  answer: (result: unknown) => StoredAnswer
}

/** Thrown inside the transaction of a dry run, which undoes it all. */
export class Undone extends Error {
  readonly result: unknown
  constructor(result: unknown) {
    super('dry run')
    this.result = result
  }
}

/** Thrown by a commit that found the answer of the first request with the same key. */
export class Replay extends Error {
  readonly first: StoredAnswer
  constructor(first: StoredAnswer) {
    super('replay')
    this.first = first
  }
}

/** Runs a verb. What it stored and nothing refers to, since it was refused or was a dry run, is deleted. */
export async function inUnit<V>(ctx: Context, caller: Caller, verb: Verb<V>, around?: AroundCommit, dry = false): Promise<V> {
  const files = claimFiles(ctx)
  try {
    return await verb({ ...openUnit({ ...ctx, store: files.store }, caller, around), dry })
  } finally {
    await files.release()
  }
}

/** Runs a verb, possibly in one transaction with others. @throws Replay */
export async function inShared<V>(ctx: Context, caller: Caller, verb: Verb<V>, keyed: Keyed | null): Promise<V> {
  const unit: UnitOfWork = {
    ...openUnit(ctx, caller),
    async commitShared(write, input) {
      const done = await commitTogether(ctx, write, { caller, input, keyed })
      if ('replay' in done) throw new Replay(done.replay)
      return done.made
    },
  }
  try {
    return await verb(unit)
  } catch (error) {
    // What is refused now, as a time that has passed since, may have been accepted at first.
    const refused = keyed && error instanceof CroftError
    const first = refused ? await findAnswer(ctx, caller.teamId, keyed.key, keyed.print) : null
    throw first ? new Replay(first) : error
  }
}

/** Runs a verb and undoes it. @throws Undone, as a rule: a verb that commits nothing just answers */
export const inRehearsal = <V>(ctx: Context, caller: Caller, verb: Verb<V>): Promise<V> =>
  inUnit(
    ctx,
    caller,
    verb,
    async (tx, work) => {
      throw new Undone(await work(tx))
    },
    true,
  )

/** Runs a verb once per key. @throws Replay */
export async function inKey<V>(ctx: Context, caller: Caller, verb: Verb<V>, keyed: Keyed): Promise<V> {
  const done = await holdingKey(ctx, caller, keyed, (store) =>
    inUnit(ctx, caller, verb, async (tx, work) => {
      const result = await work(tx)
      await store(tx, keyed.answer(result))
      return result
    }),
  )
  if ('first' in done) throw new Replay(done.first)
  return done.made
}
