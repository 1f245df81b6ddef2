import { sql } from 'kysely'
import { CroftError } from '../../kernel/errors.ts'
import type { PostRow } from '../../kernel/rows.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { acceptPost } from './create.ts'
import { checkPost, type PostInput } from './input.ts'

export type BulkEntry = { profileId: string; input: PostInput } | { error: CroftError }
export type BulkResult = { index: number; post: PostRow } | { index: number; error: CroftError }

/**
 * Accepts many posts in one transaction; each succeeds or fails on its own.
 * @param entries in the request's order; one that was bad already carries its error through
 */
export function createPosts(unit: UnitOfWork, entries: readonly BulkEntry[]): Promise<BulkResult[]> {
  return unit.commit(async (tx) => {
    const results: BulkResult[] = []
    for (const [index, entry] of entries.entries()) {
      if ('error' in entry) {
        results.push({ index, error: entry.error })
        continue
      }
      await sql`savepoint entry`.execute(tx.trx)
      try {
        checkPost(unit.ctx, entry.input)
        const post = await acceptPost(tx, entry.profileId, entry.input)
        results.push({ index, post })
      } catch (error) {
        if (!(error instanceof CroftError)) throw error
        await sql`rollback to savepoint entry`.execute(tx.trx)
        results.push({ index, error })
      }
    }
    return results
  })
}
