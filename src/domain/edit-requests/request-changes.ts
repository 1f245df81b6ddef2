import { invalid, type Detail } from '../../kernel/errors.ts'
import type { EditRequestRow } from '../../kernel/rows.ts'
import { returnWork } from '../../people/queue.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { requireSavedAccount, lockRequest } from './get.ts'
import { moveRequest } from './move.ts'

/**
 * Returns a submitted edit request to its manager.
 * @param faults the faults of the body's shape, reported after the checks of the account
 * @throws CroftError `SAVED_ACCOUNT_NOT_FOUND`, `SAVED_ACCOUNT_NOT_OWNED`, `validation_error`,
 *   `edit_request_not_found`, `invalid_status`
 */
export async function requestChanges(
  unit: UnitOfWork,
  accountId: string,
  id: string,
  feedback: string,
  faults: readonly Detail[],
): Promise<EditRequestRow> {
  const account = await requireSavedAccount(unit.ctx.db, unit.caller.teamId, accountId)
  if (faults.length > 0) throw invalid(faults)
  return unit.commit(async (tx) => {
    const before = await lockRequest(tx, account.id, id)
    const request = await moveRequest(tx, before, 'changes_requested', { feedback, in_review_at: null })
    await returnWork(tx, { editRequestId: request.id }, feedback)
    return request
  })
}
