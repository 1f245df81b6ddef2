import { sql } from 'kysely'
import type { Trx } from '../../db/connect.ts'

const lock = 7_236_014

/** Holds a hash until the transaction ends: claims and deletions of one file come one after the other. */
export const lockFile = (trx: Trx, hash: string) => sql`select pg_advisory_xact_lock(${lock}, hashtext(${hash}))`.execute(trx)
