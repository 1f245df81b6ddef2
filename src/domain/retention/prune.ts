import { sql } from 'kysely'
import type { Trx } from '../../db/connect.ts'
import type { Context } from '../../kernel/context.ts'

/** One batch. @returns what was removed; fewer than `limit` rows: nothing is left to remove */
export type PruneBatch = (trx: Trx, before: Before, limit: number) => Promise<{ rows: number; bytes?: number }>

/** Older rows are removed. `id`: the smallest UUIDv7 of that time, so that a key ordered by id also orders by age. */
export interface Before {
  at: Date
  id: string
}

const lock = 7_236_015
const batch = 1_000

export const beforeTime = (at: Date): Before => {
  const hex = Math.max(at.getTime(), 0).toString(16).padStart(12, '0')
  return { at, id: `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000` }
}

/** Adds what was removed to the chore's count, which /metrics exports. */
export const noteRemoved = (db: Trx | Context['db'], name: string, rows: number, bytes = 0) =>
  sql`
    insert into chores as c (name, removed_rows, removed_bytes) values (${name}, ${rows}, ${bytes})
    on conflict (name) do update set removed_rows = c.removed_rows + ${rows}, removed_bytes = c.removed_bytes + ${bytes}`.execute(
    db,
  )

/**
 * Removes in batches, each in a short transaction of its own, so that it can be interrupted anywhere and holds no lock
 * for long. Only one process at a time works on a kind; others skip it.
 * @returns how many rows
 */
export async function prune(
  ctx: Context,
  name: string,
  before: Before,
  one: PruneBatch,
  { signal, limit = batch }: { signal?: AbortSignal; limit?: number } = {},
): Promise<number> {
  let total = 0
  for (let last = limit; last >= limit && signal?.aborted !== true; total += last)
    last = await ctx.db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock(${lock}, hashtext(${name})) as held`.execute(
        trx,
      )
      if (!rows[0]?.held) return 0
      const removed = await one(trx, before, limit)
      if (removed.rows > 0) await noteRemoved(trx, name, removed.rows, removed.bytes)
      return removed.rows
    })
  return total
}

/** Counts what a statement returned as `size`, if anything. */
export const removedBy = (rows: readonly { size?: number }[]): { rows: number; bytes: number } => ({
  rows: rows.length,
  bytes: rows.reduce((sum, { size = 0 }) => sum + size, 0),
})
