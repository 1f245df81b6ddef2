import { endOrders } from '../orders/order.ts'
import { recordAudit, recordEvent } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { lockBundle } from './get.ts'
import { bundleFacts, invalidStatus } from './move.ts'
import { loadDetails, type BundleDetails } from './details.ts'

/**
 * Ends the order of a delivered account: its manager no longer looks after it. The account stays the team's.
 * @throws CroftError `bundle_not_found`, `invalid_status` if no order is active, or an edit request is open
 */
export function closeBundle(unit: UnitOfWork, id: string): Promise<BundleDetails> {
  return unit.commit(async (tx) => {
    const bundle = await lockBundle(tx, id)
    const { teamId } = tx.caller
    // The same lock as for creating an edit request, so that none can be created in between.
    if (bundle.profile_id !== null)
      await tx.trx
        .selectFrom('profiles')
        .select('id')
        .where('team_id', '=', teamId)
        .where('id', '=', bundle.profile_id)
        .forNoKeyUpdate()
        .execute()
    const open = await tx.trx
      .selectFrom('edit_requests')
      .select('status')
      .where('team_id', '=', teamId)
      .where('profile_id', '=', bundle.profile_id)
      .where('status', 'in', ['pending', 'in_progress', 'in_review'])
      .executeTakeFirst()
    if (open && bundle.bundle_type !== 'videos_only')
      throw invalidStatus('An edit request of the account', open.status, 'Cancel it or finish it first.')
    if ((await endOrders(tx, { bundleId: id })) === 0) throw invalidStatus('The bundle', bundle.status, 'It has no active order.')
    await recordEvent(tx, 'bundle.closed', bundleFacts(bundle))
    await recordAudit(tx, 'bundle.close', `bundle:${id}`, { order: 'active' }, { order: 'ended' })
    return loadDetails(tx.trx, bundle)
  })
}
