import { sql } from 'kysely'
import type { Db } from '../../src/db/connect.ts'

/** Whether a transaction on this database waits for another's lock. */
export async function isWaiting(db: Db): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' limit 1`.execute(db)
  return rows.length > 0
}
