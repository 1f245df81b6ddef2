import { refundCredits } from '../credits/ledger.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { cancelWork } from '../../people/queue.ts'
import { accountOf, lockBundle } from './get.ts'
import { moveAccount, moveBundle, moveSlots } from './move.ts'
import { loadDetails, type BundleDetails } from './details.ts'

/**
 * Cancels a bundle before a manager has taken it, and refunds its cost. @throws CroftError `bundle_not_found`,
 * `invalid_status`
 */
export function cancelBundle(unit: UnitOfWork, id: string): Promise<BundleDetails> {
  return unit.commit(async (tx) => {
    const before = await lockBundle(tx, id)
    const bundle = await moveBundle(tx, before, 'canceled', { canceled_at: tx.now })
    const account = await accountOf(tx.trx, bundle)
    if (account) await moveAccount(tx, account, 'canceled')
    await moveSlots(tx, bundle, ['pending', 'configured', 'published'], 'canceled')
    await cancelWork(tx, { bundleId: id })
    if (bundle.debit_id !== null) await refundCredits(tx, bundle.debit_id, `Bundle ${id} was canceled.`)
    await recordAudit(tx, 'bundle.cancel', `bundle:${id}`, { status: before.status }, { status: bundle.status })
    return loadDetails(tx.trx, bundle)
  })
}
