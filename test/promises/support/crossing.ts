import { sql } from 'kysely'
import type { UnitOfWork, Tx } from '../../../src/kernel/unit-of-work.ts'
import { until } from '../../support/wait.ts'

const atOnce = 10

/**
 * Changes one row from many transactions at once, ten at a time: each draws its transaction id, and then they reach for
 * the row in the opposite order. Every change writes one event or more.
 * @returns the events' ids in the order in which the changes happened
 */
export async function writeCrossing(unit: UnitOfWork, writers: number, change: (tx: Tx, n: number) => Promise<unknown>) {
  const happened: string[] = []
  for (let first = 0; first < writers; first += atOnce) {
    const gates = Array.from({ length: atOnce }, () => Promise.withResolvers<undefined>())
    const done: Promise<void>[] = []
    for (const [index, gate] of gates.entries()) {
      const drawn = Promise.withResolvers<undefined>()
      done.push(
        unit.commit(async (tx) => {
          await sql`select pg_current_xact_id()`.execute(tx.trx)
          drawn.resolve(undefined)
          await gate.promise
          await change(tx, first + index)
          // The row is held until the commit, so the writers pass here in the order of their changes.
          const own = sql<{ id: string }>`select id from events where xmin = pg_current_xact_id()::xid order by seq`
          happened.push(...(await own.execute(tx.trx)).rows.map(({ id }) => id))
        }),
      )
      await drawn.promise
    }
    for (const gate of gates.reverse()) gate.resolve(undefined)
    await Promise.all(done)
  }
  return happened
}

/** Waits until as many were told as happened, and gives what was told. */
export const allTold = (told: () => string[] | Promise<string[]>, happened: readonly string[], what: string): Promise<string[]> =>
  until(
    async () => {
      const ids = await told()
      return ids.length >= happened.length ? ids : null
    },
    { timeoutMs: 30_000, what },
  )
