import { CroftError } from '../../kernel/errors.ts'
import { keepPicture } from '../media/picture.ts'
import type { BundleRow } from '../../kernel/rows.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { cancelWork } from '../../people/queue.ts'
import { accountOf, getBundle, lockBundle } from './get.ts'
import { invalidStatus, moveAccount, moveBundle, moveSlots } from './move.ts'
import { openAccountWork, openVideoWork } from './open-work.ts'
import { readinessOf, storedBlockers, type Blocker } from './readiness.ts'
import { loadDetails, type BundleDetails } from './details.ts'

/** The 409 with everything that blocks publishing. */
function blocked(bundle: BundleRow, blockers: readonly Blocker[]): CroftError {
  const reasons = blockers.map(({ path, message }) => `${path}: ${message}`).join('; ')
  return new CroftError('invalid_status', `The bundle cannot be published yet. ${reasons}`, {
    status: bundle.status,
    details: blockers.map((blocker) => ({ ...blocker })),
  })
}

/**
 * Puts a configured bundle into the managers' queue. The account's picture is downloaded and stored now.
 * @throws CroftError `bundle_not_found`, `invalid_status` with every blocker in `details`
 */
export async function publishBundle(unit: UnitOfWork, id: string): Promise<BundleDetails> {
  const { ctx, caller } = unit
  const found = await getBundle(ctx.db, caller.teamId, id)
  const { blockers, picture } = await readinessOf(ctx, found)
  if (blockers.length > 0) throw blocked(found, blockers)
  return unit.commit(async (tx) => {
    const before = await lockBundle(tx, id)
    const since = await storedBlockers(tx.trx, before, tx.now)
    if (since.length > 0) throw blocked(before, since)
    const account = await accountOf(tx.trx, before)
    if ((account?.profile_picture_url ?? null) !== (picture?.sourceUrl ?? null))
      throw invalidStatus('The bundle', before.status, 'Its account was configured again in the meantime; publish it again.')
    const bundle = await moveBundle(tx, before, 'published', { published_at: tx.now })
    await moveSlots(tx, bundle, ['configured'], 'published')
    if (account) {
      const pictureId = picture && (await keepPicture(tx, picture))
      await openAccountWork(tx, bundle, await moveAccount(tx, account, 'published', { picture_id: pictureId }))
    } else await openVideoWork(tx, bundle)
    await recordAudit(tx, 'bundle.publish', `bundle:${id}`, { status: before.status }, { status: bundle.status })
    return loadDetails(tx.trx, bundle)
  })
}

/** Takes a bundle back before a manager has taken it. @throws CroftError `bundle_not_found`, `invalid_status` */
export function unpublishBundle(unit: UnitOfWork, id: string): Promise<BundleDetails> {
  return unit.commit(async (tx) => {
    const before = await lockBundle(tx, id)
    const bundle = await moveBundle(tx, before, 'unpublished', { published_at: null })
    const account = await accountOf(tx.trx, bundle)
    if (account) await moveAccount(tx, account, 'unpublished')
    await moveSlots(tx, bundle, ['published'], 'configured')
    await cancelWork(tx, { bundleId: id })
    await recordAudit(tx, 'bundle.unpublish', `bundle:${id}`, { status: before.status }, { status: bundle.status })
    return loadDetails(tx.trx, bundle)
  })
}
