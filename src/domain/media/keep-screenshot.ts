import { keepPicture, type FetchedPicture } from './picture.ts'
import { managerOf } from '../../people/manager.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { isHandedInBy, requireHeld } from '../../people/change.ts'
import { lockWork } from '../../people/lock.ts'
import { renewClaim } from '../../people/claim.ts'

/**
 * Stores a picture of what was done, for the submission of the manager who holds or submitted the work. @returns its
 * media id @throws CroftError `work_not_found`, `invalid_state`
 */
export function keepScreenshot(unit: UnitOfWork, id: string, picture: FetchedPicture): Promise<{ mediaId: string }> {
  const manager = managerOf(unit.caller)
  return unit.commit(async (tx) => {
    const item = await lockWork(tx, manager, id)
    if (!isHandedInBy(item, manager.id)) requireHeld(item, manager.id)
    const mediaId = await keepPicture(tx, picture)
    await renewClaim(tx.ctx, tx.trx, item, manager)
    await recordAudit(tx, 'work.screenshot', `work:${id}`, null, { media_id: mediaId })
    return { mediaId }
  })
}
