import { sql } from 'kysely'
import type { Db, Trx } from '../../db/connect.ts'

/**
 * A place in the order of events. `xid` is the id of the transaction that wrote the event, or of the newest that had ended
 * when it was inserted; events of equal `xid` stand by number. So an event follows all that its writer could have waited for.
 */
export interface Position {
  xid: string
  seq: number
}

/** Before every event. */
export const beginning: Position = { xid: '0', seq: 0 }

/**
 * Events that every reader may see: those of transactions older than the oldest that still runs. One that becomes
 * visible later therefore stands behind all of them, so that whoever reads on from the last one misses nothing.
 */
export const settled = sql<boolean>`xid < pg_snapshot_xmin(pg_current_snapshot())`

export const isAfter = ({ xid, seq }: Position) => sql<boolean>`(xid, seq) > (${xid}::xid8, ${seq}::bigint)`

/** The place before every event that no reader has been able to see by now. */
export async function presentPosition(db: Db | Trx): Promise<Position> {
  const { rows } = await sql<{ xid: string }>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`.execute(db)
  return { xid: rows[0]?.xid ?? '0', seq: -1 }
}
