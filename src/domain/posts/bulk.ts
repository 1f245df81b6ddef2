import { CroftError } from '../../kernel/errors.ts'
import type { PostRow } from '../../kernel/rows.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { acceptPosts, type NewPost } from './accept.ts'
import { checkPost } from './input.ts'

export type BulkEntry = NewPost | { error: CroftError }
export type BulkResult = { index: number; post: PostRow } | { index: number; error: CroftError }

function checked(unit: UnitOfWork, entry: BulkEntry): BulkEntry {
  if ('error' in entry) return entry
  try {
    checkPost(unit.ctx, entry.input)
    return entry
  } catch (error) {
    if (!(error instanceof CroftError)) throw error
    return { error }
  }
}

/**
 * Accepts many posts in one transaction; each succeeds or fails on its own.
 * @param entries in the request's order; one that was bad already carries its error through
 */
export function createPosts(unit: UnitOfWork, entries: readonly BulkEntry[]): Promise<BulkResult[]> {
  return unit.commit(async (tx) => {
    const all = entries.map((entry) => checked(unit, entry))
    const sound = all.flatMap((entry) => ('error' in entry ? [] : [{ caller: unit.caller, input: entry }]))
    const results = (await acceptPosts(tx, sound)).values()
    return all.map((entry, index): BulkResult => {
      const result = 'error' in entry ? entry.error : results.next().value
      if (result === undefined) throw new Error('an entry has no result')
      return result instanceof CroftError ? { index, error: result } : { index, post: result }
    })
  })
}
