import { closeManagedAccount, lockEditRequests } from '../edit-requests/cancel.ts'
import { cancelOpenTasks, lockOpenTasks } from '../tasks/cancel.ts'
import { cancelOpenPosts } from '../posts/cancel-open.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { lockProfile } from '../profiles/get.ts'
import { moveProfile } from '../profiles/move.ts'
import { profileDetails, type ProfileDetails } from '../profiles/details.ts'

/**
 * Ends work on a profile permanently. Posts that have not begun to publish, open tasks and edit requests are canceled;
 * a publish in progress continues to its end.
 * @throws CroftError `profile_not_found`, `invalid_state` if it is deactivated already
 */
export function deactivateProfile(unit: UnitOfWork, id: string): Promise<ProfileDetails> {
  const { ctx, caller } = unit
  return unit.commit(async (tx) => {
    // Locks work before its profile, as managers and workers do, which prevents deadlocks.
    await lockEditRequests(tx, id)
    await lockOpenTasks(tx, id)
    const before = await lockProfile(tx.trx, caller.teamId, id)
    const row = await moveProfile(tx, before, 'deactivated', 'The team deactivated the profile.')
    await cancelOpenPosts(tx, id, 'The profile was deactivated.')
    await cancelOpenTasks(tx, id, 'The profile was deactivated.')
    await closeManagedAccount(tx, id)
    await recordAudit(tx, 'profile.deactivate', `profile:${id}`, { status: before.status }, { status: row.status })
    return profileDetails(ctx, tx.trx, row)
  })
}
