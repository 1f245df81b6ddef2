import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { newId } from '../../lib/ids.ts'
import type { Store } from '../../media/index.ts'
import type { Context } from '../../kernel/context.ts'
import { gather } from '../../kernel/group-commit.ts'
import { fileLock } from './lock-file.ts'
import { deleteUnused } from './unused.ts'

/** A store whose files are kept for the transaction that puts or reads them, until released. */
export interface ClaimedFiles {
  store: Store
  /** What the claims are under; null as long as there is none. */
  id(): string | null
  /** A transaction has ended the claims on these files together with the commit of the row that refers to them. */
  ended(hashes: readonly string[]): void
  /** Ends the claims, and deletes the files that no row refers to. Never rejects: what it cannot do is left to the chore `files`. */
  release(): Promise<void>
}

interface Claim {
  hash: string
  id: string
}

/** @returns false where the file is being deleted at this moment */
export type ClaimFile = (claim: Claim) => Promise<boolean>

/**
 * Adds claims, of many requests together. A deletion reads them under the same lock, so it begins before a claim is added or
 * finds it; one that began before is looked for once the claims are committed.
 */
export const claimTogether = (ctx: Pick<Context, 'db'>): ClaimFile =>
  gather(
    async (claims: Claim[]) => {
      const hashes = claims.map(({ hash }) => hash)
      await sql`
        with locked as materialized (${fileLock(hashes)})
        insert into file_claims (hash, id, deleting, until)
        select v.hash, v.id, false, now() + interval '1 hour'
        from (select distinct hash, id from unnest(${hashes}::text[], ${claims.map(({ id }) => id)}::uuid[]) as v(hash, id)) v
        where (select count(*) from locked) > 0
        on conflict (hash, id) do update set until = excluded.until`.execute(ctx.db)
      const { rows } = await sql<{ hash: string }>`
        select hash from file_claims where hash = any(${hashes}::text[]) and deleting and until > now()`.execute(ctx.db)
      const deleting = new Set(rows.map(({ hash }) => hash))
      return hashes.map((hash) => !deleting.has(hash))
    },
    { most: 200 },
  )

/**
 * Files are named by their bytes, so one that nothing refers to may be put again while it is being deleted. Therefore
 * every put claims its hash before the file is in place, and holds it until the row that refers to it is committed.
 */
export function claimFiles(ctx: Context, claimFile = claimTogether(ctx)): ClaimedFiles {
  const { store } = ctx
  let id: string | null = null
  const hashes = new Set<string>()
  const claim = async (hash: string) => {
    if (hashes.has(hash)) return
    id ??= newId()
    while (!(await claimFile({ hash, id }))) await pause(100)
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
    id: () => id,
    ended(of) {
      for (const hash of of) hashes.delete(hash)
    },
    async release() {
      if (hashes.size === 0) return
      await release().catch((error: unknown) =>
        ctx.log.warn({ err: error }, 'unused files are left to the chore that deletes files'),
      )
    },
  }
}
