import { sql } from 'kysely'
import type { Tx } from '../kernel/unit-of-work.ts'
import { matches, type WorkFilter } from './filter.ts'

/**
 * Sends handed-in work back with what is to be done better. It stands in the queue of whoever handed it in,
 * or of everybody who serves the team where that manager is deactivated by now.
 * @param dueAt until when; left out, the old deadline stays
 * @returns how many items went back
 */
export async function returnWork(tx: Tx, filter: WorkFilter, feedback: string, dueAt?: Date): Promise<number> {
  const returned = await tx.trx
    .updateTable('work_items')
    .set({
      status: 'returned',
      feedback,
      manager_id: sql<
        string | null
      >`(select m.id from managers m where m.id = work_items.holder_id and m.deactivated_at is null)`,
      holder_id: null,
      claimed_until: null,
      updated_at: tx.now,
      ...(dueAt === undefined ? {} : { due_at: dueAt }),
    })
    .where(matches(tx.caller.teamId, filter))
    .where('status', '=', 'submitted')
    .executeTakeFirst()
  return Number(returned.numUpdatedRows)
}
