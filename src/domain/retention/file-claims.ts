import { sql } from 'kysely'
import type { Db, Trx } from '../../db/connect.ts'
import { newId } from '../../lib/ids.ts'

/** Makes the chore `files` examine files: it deletes those that nothing refers to. */
export async function fileClaims(db: Db | Trx, hashes: readonly string[]): Promise<void> {
  if (hashes.length === 0) return
  await sql`
    insert into file_claims (hash, id, deleting, until)
    select hash, ${newId()}::uuid, false, now() from (select distinct unnest(${hashes}::text[]) as hash) one
    on conflict do nothing`.execute(db)
}
