import { usernameTaken } from '../bundles/username-taken.ts'
import { lockProfile } from '../profiles/get.ts'
import { requireDue } from '../orders/review-due.ts'
import type { EditRequestRow } from '../../kernel/rows.ts'
import { finishWork } from '../../people/queue.ts'
import { isUniqueViolation } from '../../kernel/conflict.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { applyProfileValues, valuesOf } from './apply-values.ts'
import { requireSavedAccount, lockRequest } from './get.ts'
import { moveRequest } from './move.ts'

/**
 * Accepts a submitted edit request: from then on the profile's stored values are the new ones.
 * @param inReviewBefore for a review that nobody did: accept only what was submitted by then
 * @throws CroftError `SAVED_ACCOUNT_NOT_FOUND`, `SAVED_ACCOUNT_NOT_OWNED`, `edit_request_not_found`, `invalid_status`,
 *   `username_taken`
 */
export async function approveEditRequest(
  unit: UnitOfWork,
  accountId: string,
  id: string,
  inReviewBefore?: Date,
): Promise<EditRequestRow> {
  const { ctx, caller } = unit
  const account = await requireSavedAccount(ctx.db, caller.teamId, accountId)
  try {
    return await unit.commit(async (tx) => {
      const before = await lockRequest(tx, account.id, id)
      requireDue(before, inReviewBefore)
      const request = await moveRequest(tx, before, 'finalized', { finalized_at: tx.now })
      await applyProfileValues(tx, await lockProfile(tx.trx, caller.teamId, account.id), valuesOf(request))
      await finishWork(tx, { editRequestId: request.id })
      return request
    })
  } catch (error) {
    if (!isUniqueViolation(error, 'profiles_one_living_username')) throw error
    throw usernameTaken()
  }
}
