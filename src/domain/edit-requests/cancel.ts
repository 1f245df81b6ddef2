import { refundCredits } from '../credits/ledger.ts'
import { endOrders } from '../orders/order.ts'
import type { EditRequestRow } from '../../kernel/rows.ts'
import { cancelWork, activeWorkStatuses } from '../../people/queue.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'
import { requireSavedAccount, lockRequest } from './get.ts'
import { openStatuses } from './lifecycle.ts'
import { moveRequest } from './move.ts'

async function end(
  tx: Tx,
  before: EditRequestRow,
  event: 'canceled' | 'account_closed',
  reason: string,
): Promise<EditRequestRow> {
  const request = await moveRequest(tx, before, event)
  await cancelWork(tx, { editRequestId: request.id })
  await refundCredits(tx, request.debit_id, reason)
  return request
}

/**
 * Cancels an edit request before its manager has started, and refunds its cost.
 * @throws CroftError `SAVED_ACCOUNT_NOT_FOUND`, `SAVED_ACCOUNT_NOT_OWNED`, `edit_request_not_found`, `invalid_status`
 */
export async function cancelEditRequest(unit: UnitOfWork, accountId: string, id: string): Promise<EditRequestRow> {
  const account = await requireSavedAccount(unit.ctx.db, unit.caller.teamId, accountId)
  return unit.commit(async (tx) => end(tx, await lockRequest(tx, account.id, id), 'canceled', `Edit request ${id} was canceled.`))
}

/** Locks the work of an account's open edit requests before the account is locked. */
export async function lockEditRequests(tx: Tx, accountId: string): Promise<void> {
  await tx.trx
    .selectFrom('work_items')
    .select('id')
    .where('team_id', '=', tx.caller.teamId)
    .where('profile_id', '=', accountId)
    .where('kind', '=', 'edit_request')
    .where('status', 'in', activeWorkStatuses)
    .orderBy('id')
    .forUpdate()
    .execute()
}

/** Ends what managers do for an account that is being closed: its open edit requests, which are refunded, and its order. */
export async function closeManagedAccount(tx: Tx, accountId: string): Promise<void> {
  const open = await tx.trx
    .selectFrom('edit_requests')
    .selectAll()
    .where('team_id', '=', tx.caller.teamId)
    .where('profile_id', '=', accountId)
    .where('status', 'in', openStatuses)
    .forUpdate()
    .execute()
  for (const request of open)
    await end(tx, request, 'account_closed', `The account of edit request ${request.id} was deactivated.`)
  await endOrders(tx, { profileId: accountId })
}
