import type { UpdateObject } from 'kysely'
import type { Tables } from '../db/schema.ts'
import { recordAudit } from '../kernel/record.ts'
import type { Tx } from '../kernel/unit-of-work.ts'
import { CroftError } from '../kernel/errors.ts'
import type { WorkItem } from './contract.ts'

/** No holder. */
export const released = { holder_id: null, claimed_until: null } as const

/** The status of work that goes back into the queue: work that was returned once stays `returned`. */
export const queued = (item: WorkItem): 'open' | 'returned' => (item.feedback === null ? 'open' : 'returned')

/**
 * Changes a locked item by a conditional update, with its audit row.
 * @throws CroftError `invalid_state` if another change came first
 */
export async function changeItem(
  tx: Tx,
  item: WorkItem,
  action: string,
  set: UpdateObject<Tables, 'work_items'>,
): Promise<WorkItem> {
  let update = tx.trx
    .updateTable('work_items')
    .set({ ...set, updated_at: tx.now })
    .where('team_id', '=', item.team_id)
    .where('id', '=', item.id)
    .where('status', '=', item.status)
  update = item.holder_id === null ? update.where('holder_id', 'is', null) : update.where('holder_id', '=', item.holder_id)
  const changed = await update.returningAll().executeTakeFirst()
  if (!changed) throw notNow(item, 'Another change came first; read the item again.')
  await recordAudit(
    tx,
    `work.${action}`,
    `work:${item.id}`,
    { status: item.status, holder_id: item.holder_id },
    { status: changed.status, holder_id: changed.holder_id },
  )
  return changed
}

/** @returns the 409 with the work's status and the end of its claim */
export const notNow = (item: WorkItem, why: string): CroftError =>
  new CroftError('invalid_state', `The work is ${item.status}. ${why}`, {
    status: item.status,
    claimed_until: item.claimed_until?.toISOString() ?? null,
  })

const isHeld = (item: WorkItem): boolean => item.status === 'claimed' || item.status === 'started'

/** Whether this manager currently holds the item. */
export const isHeldBy = (item: WorkItem, managerId: string): boolean => isHeld(item) && item.holder_id === managerId

/** Whether this manager submitted the item, and it is not yet reviewed. */
export const isHandedInBy = (item: WorkItem, managerId: string): boolean =>
  item.status === 'submitted' && item.holder_id === managerId

/** @throws CroftError `invalid_state` if the manager does not hold the work (any more) */
export function requireHeld(item: WorkItem, managerId: string): void {
  if (isHeldBy(item, managerId)) return
  if (isHeld(item))
    throw notNow(
      item,
      `Another manager holds it; your claim has lapsed, or you never claimed it. Nothing was changed. It may be free at ${item.claimed_until?.toISOString() ?? 'any time'}.`,
    )
  if (item.status === 'open' || item.status === 'returned')
    throw notNow(item, 'Your claim has lapsed, or you never claimed it. Nothing was changed; claim it first.')
  throw notNow(item, 'It cannot be changed any more, and nothing was changed.')
}
