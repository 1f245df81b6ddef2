import type { Tx } from '../kernel/unit-of-work.ts'
import { livingStatuses, matches, type WorkFilter } from './filter.ts'

/** Ends work as done: handed in and accepted. @returns how many items ended */
export async function finishWork(tx: Tx, filter: WorkFilter): Promise<number> {
  const finished = await tx.trx
    .updateTable('work_items')
    .set({ status: 'done', claimed_until: null, updated_at: tx.now })
    .where(matches(tx.caller.teamId, filter))
    .where('status', 'in', livingStatuses)
    .executeTakeFirst()
  return Number(finished.numUpdatedRows)
}
