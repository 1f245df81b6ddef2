import { sql } from 'kysely'
import { deleteUnused } from '../media/unused.ts'
import type { Context } from '../../kernel/context.ts'
import { cleanTemporary } from '../../media/index.ts'
import { fileClaims } from './file-claims.ts'
import { noteRemoved } from './prune.ts'

const batch = 200
/** A stored file younger than this is not examined; its claim protects it anyway. */
const safeAgeMs = 24 * 3_600_000
/** Anything that writes a temporary file has finished by then, or has written to it since. */
const temporaryAgeMs = 2 * 3_600_000

/** Deletes the files whose claims have expired and that no row refers to; a crash, retention or an erasure leaves such files. */
export async function sweepFiles(ctx: Context, signal?: AbortSignal): Promise<number> {
  let total = 0
  while (signal?.aborted !== true) {
    const { rows } = await sql<{ hash: string }>`
      select distinct hash from (select hash from file_claims where until <= now() order by until limit ${batch}) due`.execute(
      ctx.db,
    )
    if (rows.length === 0) break
    const removed = await deleteUnused(
      ctx,
      rows.map((row) => row.hash),
    )
    if (removed.rows > 0) await noteRemoved(ctx.db, 'files', removed.rows, removed.bytes)
    total += removed.rows
  }
  return total
}

/**
 * Makes the chore `files` examine the stored files that neither a row nor a claim names; an older version or a restored backup
 * leaves such files.
 */
export async function findOrphans(ctx: Context, signal?: AbortSignal): Promise<void> {
  const before = ctx.clock.now().getTime() - safeAgeMs
  let hashes: string[] = []
  const look = async () => {
    const { rows } = await sql<{ hash: string }>`
      select hash from unnest(${hashes}::text[]) hash
      where not exists (select from media where files @> jsonb_build_array(jsonb_build_object('hash', hash)))
        and not exists (select from file_claims c where c.hash = hash.hash)`.execute(ctx.db)
    await fileClaims(
      ctx.db,
      rows.map((row) => row.hash),
    )
    hashes = []
  }
  for await (const file of ctx.store.list()) {
    if (signal?.aborted) return
    if (file.stored_at.getTime() < before) hashes.push(file.hash)
    if (hashes.length >= batch) await look()
  }
  await look()
}

/** Removes this host's temporary files that a killed process left. */
export async function sweepTemporary(ctx: Context): Promise<number> {
  return (await cleanTemporary(ctx.temporaryDir, temporaryAgeMs)) + (await ctx.store.clean(temporaryAgeMs))
}
