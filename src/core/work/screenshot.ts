import { keepPicture, type FetchedPicture } from '../media/picture.ts'
import { managerOf } from '../managers/manager.ts'
import { recordAudit } from '../write/record.ts'
import type { Scope } from '../write/scope.ts'
import { isHandedInBy, requireHeld } from './change.ts'
import { holdWork } from './hold.ts'
import { renewClaim } from './renew.ts'

/** Keeps a picture of what was done, for the submission of whoever holds the work or has handed it in. @returns its media id @throws CroftError `work_not_found`, `invalid_state` */
export function keepScreenshot(scope: Scope, id: string, picture: FetchedPicture): Promise<{ mediaId: string }> {
  const manager = managerOf(scope.caller)
  return scope.commit(async (tx) => {
    const item = await holdWork(tx, manager, id)
    if (!isHandedInBy(item, manager.id)) requireHeld(item, manager.id)
    const mediaId = await keepPicture(tx, picture)
    await renewClaim(tx.ctx, tx.trx, item, manager)
    await recordAudit(tx, 'work.screenshot', `work:${id}`, null, { media_id: mediaId })
    return { mediaId }
  })
}
