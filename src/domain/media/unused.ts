import { sql } from 'kysely'
import { newId } from '../../lib/ids.ts'
import type { Context } from '../../kernel/context.ts'
import { lockFile } from './lock-file.ts'

/** What was deleted. */
export interface Removed {
  rows: number
  bytes: number
}

const isKept = (hash: unknown) => sql<boolean>`
  exists (select from media where files @> jsonb_build_array(jsonb_build_object('hash', ${hash}::text)))`

/**
 * Registers that the file is being deleted, so that a transaction that puts it waits. @returns null if something refers
 * to it, or is about to
 */
const beginDeletion = (ctx: Context, hash: string): Promise<string | null> =>
  ctx.db.transaction().execute(async (trx) => {
    await lockFile(trx, hash)
    const id = newId()
    const { rows } = await sql`
      insert into file_claims (hash, id, deleting, until) select ${hash}, ${id}::uuid, true, now() + interval '1 minute'
      where not ${isKept(hash)} and not exists (select from file_claims where hash = ${hash} and until > now())
      returning 1`.execute(trx)
    return rows.length > 0 ? id : null
  })

async function deleteOne(ctx: Context, hash: string): Promise<Removed> {
  const deletion = await beginDeletion(ctx, hash)
  const removed = { rows: 0, bytes: 0 }
  if (deletion !== null) {
    const found = await ctx.store.stat(hash)
    if (found) {
      await ctx.store.delete(hash)
      Object.assign(removed, { rows: 1, bytes: found.size })
    }
  }
  await sql`delete from file_claims where hash = ${hash} and (until <= now() or id = ${deletion}::uuid)`.execute(ctx.db)
  return removed
}

/** Deletes those of the files that no row refers to and nobody claims, and clears their claims that have run out. */
export async function deleteUnused(ctx: Context, hashes: readonly string[]): Promise<Removed> {
  const removed = { rows: 0, bytes: 0 }
  if (hashes.length === 0) return removed
  const { rows } = await sql<{ hash: string; kept: boolean }>`
    select hash, ${isKept(sql.ref('hash'))} as kept from unnest(${hashes}::text[]) hash`.execute(ctx.db)
  const kept = rows.filter((row) => row.kept).map((row) => row.hash)
  await sql`delete from file_claims where hash = any(${kept}::text[]) and until <= now()`.execute(ctx.db)
  for (const { hash } of rows.filter((row) => !row.kept)) {
    const one = await deleteOne(ctx, hash)
    removed.rows += one.rows
    removed.bytes += one.bytes
  }
  return removed
}
