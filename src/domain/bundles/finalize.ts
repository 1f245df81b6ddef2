import { usernameTaken } from './username-taken.ts'
import type { BundleRow } from '../../kernel/rows.ts'
import { isUniqueViolation } from '../../kernel/conflict.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'
import { finishWork } from '../../people/queue.ts'
import { deliverAccount } from './deliver.ts'
import { accountOf, getSlot, lockBundle, slotsOf } from './get.ts'
import { invalidStatus, moveAccount, moveBundle, moveSlot } from './move.ts'
import { requireDue } from '../orders/review-due.ts'
import { openVideoWork } from './open-work.ts'
import { loadDetails, type BundleDetails } from './details.ts'

/** Finalizing its last part completes a bundle; a bundle without an account is also finalized at that moment. */
async function completeIfDone(tx: Tx, bundle: BundleRow): Promise<BundleRow> {
  const slots = await slotsOf(tx.trx, bundle)
  if (slots.some(({ status }) => status !== 'finalized')) return bundle
  const finalized = bundle.status === 'accepted' ? await moveBundle(tx, bundle, 'finalized', { finalized_at: tx.now }) : bundle
  return moveBundle(tx, finalized, 'completed', { completed_at: tx.now })
}

/**
 * Accepts the submitted account: it becomes a profile of the team, and the bundle's videos enter the queue.
 * @param inReviewBefore for a review that nobody did: accept only what was submitted by then
 * @throws CroftError `bundle_not_found`, `invalid_status`, `username_taken` if an active profile has taken the username
 *   in the meantime
 */
export async function finalizeAccount(unit: UnitOfWork, id: string, inReviewBefore?: Date): Promise<BundleDetails> {
  try {
    return await unit.commit(async (tx) => {
      const before = await lockBundle(tx, id)
      const found = await accountOf(tx.trx, before)
      if (!found) throw invalidStatus('The bundle', before.status, 'A videos_only bundle has no account to review.')
      requireDue(found, inReviewBefore)
      const account = await moveAccount(tx, found, 'finalized', { finalized_at: tx.now })
      const profile = await deliverAccount(tx, before, account)
      const bundle = await moveBundle(tx, before, 'finalized', { profile_id: profile.id, finalized_at: tx.now })
      await finishWork(tx, { bundleId: id, kind: 'account_setup' })
      await openVideoWork(tx, bundle)
      await recordAudit(tx, 'bundle.finalize_account', `bundle:${id}`, { status: found.status }, { account_id: profile.id })
      return loadDetails(tx.trx, await completeIfDone(tx, bundle))
    })
  } catch (error) {
    if (!isUniqueViolation(error, 'profiles_one_living_username')) throw error
    throw usernameTaken()
  }
}

/**
 * Accepts the submitted video; `inReviewBefore` as for {@link finalizeAccount}. @throws CroftError `bundle_not_found`,
 * `video_not_found`, `invalid_status`
 */
export function finalizeVideo(
  unit: UnitOfWork,
  id: string,
  position: string | number,
  inReviewBefore?: Date,
): Promise<BundleDetails> {
  return unit.commit(async (tx) => {
    const bundle = await lockBundle(tx, id)
    const slot = await getSlot(tx.trx, bundle, position)
    requireDue(slot, inReviewBefore)
    const moved = await moveSlot(tx, slot, 'finalized', { finalized_at: tx.now })
    await finishWork(tx, { bundleId: id, kind: 'video', position: slot.position })
    await recordAudit(
      tx,
      'bundle.finalize_video',
      `bundle:${id}`,
      { position: slot.position, status: slot.status },
      { position: slot.position, status: moved.status },
    )
    return loadDetails(tx.trx, await completeIfDone(tx, bundle))
  })
}
