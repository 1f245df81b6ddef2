import { closeManagedAccount, lockEditRequests } from '../edit-requests/cancel.ts'
import { cancelOpenTasks, lockOpenTasks } from '../tasks/cancel.ts'
import { cancelOpenPosts } from '../posts/cancel-open.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { lockProfile } from '../profiles/find.ts'
import { moveProfile } from '../profiles/move.ts'
import { viewProfile, type ProfileView } from '../profiles/view.ts'

/**
 * Ends work on a profile for good. Posts that have not begun to publish, open tasks and edit requests are canceled; a publish under way goes on to its end.
 * @throws CroftError `profile_not_found`, `invalid_state` where it is deactivated already
 */
export function deactivateProfile(unit: UnitOfWork, id: string): Promise<ProfileView> {
  const { ctx, caller } = unit
  return unit.commit(async (tx) => {
    // Work before its profile, as a manager or a worker takes it, so that no two wait for each other.
    await lockEditRequests(tx, id)
    await lockOpenTasks(tx, id)
    const before = await lockProfile(tx.trx, caller.teamId, id)
    const row = await moveProfile(tx, before, 'deactivated', 'The team deactivated the profile.')
    await cancelOpenPosts(tx, id, 'The profile was deactivated.')
    await cancelOpenTasks(tx, id, 'The profile was deactivated.')
    await closeManagedAccount(tx, id)
    await recordAudit(tx, 'profile.deactivate', `profile:${id}`, { status: before.status }, { status: row.status })
    return viewProfile(ctx, tx.trx, row)
  })
}
