import { sql } from 'kysely'
import type { Context } from '../../../src/kernel/context.ts'
import type { EventType } from '../../../src/kernel/event-types.ts'
import { recordEvent } from '../../../src/kernel/record.ts'
import type { UnitOfWork } from '../../../src/kernel/unit-of-work.ts'
import { systemUnit } from '../../../src/kernel/unit-of-work.ts'

/** Writes an event in a transaction of its own. @returns its id */
export const happen = (unit: UnitOfWork, type: EventType = 'profile.updated', n = 0): Promise<string> =>
  unit.commit((tx) => recordEvent(tx, type, { n }))

/** Writes an event and keeps its transaction open until `commit` is called. */
export async function heldEvent(ctx: Context, teamId: string, options: { drawEarly?: boolean } = {}) {
  const [ready, go, wrote] = [
    Promise.withResolvers<undefined>(),
    Promise.withResolvers<undefined>(),
    Promise.withResolvers<string>(),
  ]
  const commit = Promise.withResolvers<undefined>()
  const done = systemUnit(ctx, teamId).commit(async (tx) => {
    await sql`select pg_current_xact_id()`.execute(tx.trx)
    ready.resolve(undefined)
    if (options.drawEarly) await go.promise
    wrote.resolve(await recordEvent(tx, 'profile.updated', {}))
    await commit.promise
  })
  await ready.promise
  return {
    /** Draws the event's number now. */
    write: () => {
      go.resolve(undefined)
      return wrote.promise
    },
    commit: async () => {
      commit.resolve(undefined)
      await done
    },
  }
}
