import { sql } from 'kysely'
import type { Trx } from '../../db/connect.ts'

const lock = 7_236_014

/** A query that holds hashes until its transaction ends: claims and deletions of one file come one after the other. In one order, so that none wait for each other. */
export const fileLock = (hashes: readonly string[]) => sql`
  select pg_advisory_xact_lock(${lock}, key) from (select distinct hashtext(hash) as key from unnest(${hashes}::text[]) hash order by key) keys`

/** Holds one hash until the transaction ends. */
export const lockFile = (trx: Trx, hash: string) => fileLock([hash]).execute(trx)
