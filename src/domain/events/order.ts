import { sql } from 'kysely'
import type { Db, Trx } from '../../db/connect.ts'

/**
 * A position in the order of events. `xid` is the id of the transaction that wrote the event, or of the newest that had
 * ended when it was inserted; events with equal `xid` are ordered by number. So an event comes after everything that
 * its writer could have waited for.
 */
export interface Position {
  xid: string
  seq: number
}

/** Before every event. */
export const beginning: Position = { xid: '0', seq: 0 }

/**
 * Events that every reader may see: those of transactions older than the oldest that still runs. An event that becomes
 * visible later therefore comes after all of them, so that a reader that continues from the last one misses nothing.
 */
export const settled = sql<boolean>`xid < pg_snapshot_xmin(pg_current_snapshot())`

export const isAfter = ({ xid, seq }: Position) => sql<boolean>`(xid, seq) > (${xid}::xid8, ${seq}::bigint)`

/** The position before every event that no reader can have seen by now. */
export async function presentPosition(db: Db | Trx): Promise<Position> {
  const { rows } = await sql<{ xid: string }>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`.execute(db)
  return { xid: rows[0]?.xid ?? '0', seq: -1 }
}
