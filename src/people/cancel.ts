import type { Tx } from '../kernel/unit-of-work.ts'
import type { WorkStatus } from './contract.ts'
import { livingStatuses, matches, type WorkFilter } from './filter.ts'

/**
 * Calls work off, whoever holds it.
 * @param statuses those alone in which it may still be called off; left out, any before its end
 * @returns how many items were called off
 */
export async function cancelWork(tx: Tx, filter: WorkFilter, statuses: readonly WorkStatus[] = livingStatuses): Promise<number> {
  const canceled = await tx.trx
    .updateTable('work_items')
    .set({ status: 'canceled', claimed_until: null, updated_at: tx.now })
    .where(matches(tx.caller.teamId, filter))
    .where('status', 'in', statuses)
    .executeTakeFirst()
  return Number(canceled.numUpdatedRows)
}
