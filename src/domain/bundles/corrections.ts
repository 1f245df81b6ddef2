import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { returnWork } from '../../people/queue.ts'
import { accountOf, getSlot, lockBundle } from './get.ts'
import { invalidStatus, moveAccount, moveSlot } from './move.ts'
import { loadDetails, type BundleDetails } from './details.ts'

/** What must be improved, and in which fields. */
export interface Corrections {
  comment: string
  fields: string[]
}

const feedbackOf = ({ comment, fields }: Corrections): string =>
  fields.length > 0 ? `${comment}\nFields: ${fields.join(', ')}` : comment

/** Returns a submitted account to its manager. @throws CroftError `bundle_not_found`, `invalid_status` */
export function correctAccount(unit: UnitOfWork, id: string, corrections: Corrections): Promise<BundleDetails> {
  return unit.commit(async (tx) => {
    const bundle = await lockBundle(tx, id)
    const account = await accountOf(tx.trx, bundle)
    if (!account) throw invalidStatus('The bundle', bundle.status, 'A videos_only bundle has no account to review.')
    const feedback = { ...corrections, at: tx.now.toISOString() }
    await moveAccount(tx, account, 'sent_back', { feedback: JSON.stringify(feedback), in_review_at: null }, feedback)
    await returnWork(tx, { bundleId: id, kind: 'account_setup' }, feedbackOf(corrections))
    await recordAudit(tx, 'bundle.correct_account', `bundle:${id}`, { status: account.status }, feedback)
    return loadDetails(tx.trx, bundle)
  })
}

/** Returns a submitted video to its manager. @throws CroftError `bundle_not_found`, `video_not_found`, `invalid_status` */
export function correctVideo(unit: UnitOfWork, id: string, position: string, corrections: Corrections): Promise<BundleDetails> {
  return unit.commit(async (tx) => {
    const bundle = await lockBundle(tx, id)
    const slot = await getSlot(tx.trx, bundle, position)
    const feedback = { ...corrections, at: tx.now.toISOString() }
    await moveSlot(tx, slot, 'sent_back', { feedback: JSON.stringify(feedback), in_review_at: null }, feedback)
    await returnWork(tx, { bundleId: id, kind: 'video', position: slot.position }, feedbackOf(corrections))
    await recordAudit(
      tx,
      'bundle.correct_video',
      `bundle:${id}`,
      { position: slot.position, status: slot.status },
      { position: slot.position, ...feedback },
    )
    return loadDetails(tx.trx, bundle)
  })
}
