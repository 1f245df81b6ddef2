import { closeManagedAccount, holdEditRequests } from '../edit-requests/cancel.ts'
import { cancelOpenTasks, holdOpenTasks } from '../tasks/cancel.ts'
import { cancelOpenPosts } from '../posts/cancel-open.ts'
import { recordAudit } from '../write/record.ts'
import type { Scope } from '../write/scope.ts'
import { lockProfile } from './find.ts'
import { moveProfile } from './move.ts'
import { viewProfile, type ProfileView } from './view.ts'

/**
 * Ends work on a profile for good. Posts that have not begun to publish, open tasks and edit requests are canceled; a publish under way goes on to its end.
 * @throws CroftError `profile_not_found`, `invalid_state` where it is deactivated already
 */
export function deactivateProfile(scope: Scope, id: string): Promise<ProfileView> {
  const { ctx, caller } = scope
  return scope.commit(async (tx) => {
    // Work before its profile, as a manager or a worker takes it, so that no two wait for each other.
    await holdEditRequests(tx, id)
    await holdOpenTasks(tx, id)
    const before = await lockProfile(tx.trx, caller.teamId, id)
    const row = await moveProfile(tx, before, 'deactivated', 'The team deactivated the profile.')
    await cancelOpenPosts(tx, id, 'The profile was deactivated.')
    await cancelOpenTasks(tx, id, 'The profile was deactivated.')
    await closeManagedAccount(tx, id)
    await recordAudit(tx, 'profile.deactivate', `profile:${id}`, { status: before.status }, { status: row.status })
    return viewProfile(ctx, tx.trx, row)
  })
}
