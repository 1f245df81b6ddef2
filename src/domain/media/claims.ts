import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { newId } from '../../lib/ids.ts'
import type { Store } from '../../media/index.ts'
import type { Context } from '../../kernel/context.ts'
import { lockFile } from './lock-file.ts'
import { deleteUnused } from './unused.ts'

/** A store whose files are kept for the transaction that puts or reads them, until released. */
export interface ClaimedFiles {
  store: Store
  /** Ends the claims, and deletes the files that no row refers to. Never rejects: what it cannot do is left to the chore `files`. */
  release(): Promise<void>
}

const claimedFor = sql`interval '1 hour'`

/** @returns false where the file is being deleted at this moment */
const addClaim = (ctx: Context, hash: string, id: string): Promise<boolean> =>
  ctx.db.transaction().execute(async (trx) => {
    await lockFile(trx, hash)
    const { rows } = await sql`
      insert into file_claims (hash, id, deleting, until) select ${hash}, ${id}::uuid, false, now() + ${claimedFor}
      where not exists (select from file_claims where hash = ${hash} and deleting and until > now())
      on conflict (hash, id) do update set until = excluded.until
      returning 1`.execute(trx)
    return rows.length > 0
  })

/**
 * Files are named by their bytes, so one that nothing refers to may be put again while it is being deleted. Therefore
 * every put claims its hash before the file is in place, and holds it until the row that refers to it is committed.
 */
export function claimFiles(ctx: Context): ClaimedFiles {
  const { store } = ctx
  let id: string | null = null
  const hashes = new Set<string>()
  const claim = async (hash: string) => {
    if (hashes.has(hash)) return
    id ??= newId()
    while (!(await addClaim(ctx, hash, id))) await pause(100)
    hashes.add(hash)
  }
  const release = async () => {
    await sql`update file_claims set until = now() where id = ${id}`.execute(ctx.db)
    await deleteUnused({ ...ctx, store }, [...hashes])
  }
  return {
    store: {
      put: (source, options) => store.put(source, { ...options, beforeKeep: ({ hash }) => claim(hash) }),
      async putFile(path, blob) {
        await claim(blob.hash)
        await store.putFile(path, blob)
      },
      async open(hash, range) {
        await claim(hash)
        return store.open(hash, range)
      },
      async stat(hash) {
        await claim(hash)
        return store.stat(hash)
      },
      list: () => store.list(),
      delete: (hash) => store.delete(hash),
      check: () => store.check(),
      clean: (olderThanMs) => store.clean(olderThanMs),
      close: () => store.close(),
    },
    async release() {
      if (hashes.size === 0) return
      await release().catch((error: unknown) =>
        ctx.log.warn({ err: error }, 'unused files are left to the chore that deletes files'),
      )
    },
  }
}
