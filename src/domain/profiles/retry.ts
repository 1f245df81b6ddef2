import { CroftError } from '../../kernel/errors.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { lockProfile } from './get.ts'
import { moveProfile } from './move.ts'
import { profileDetails, type ProfileDetails } from './details.ts'

/**
 * Retries the setup of a `retrying` profile now instead of when its turn comes.
 * @throws CroftError `profile_not_found`, `invalid_state` in every other status
 */
export function retryProfile(unit: UnitOfWork, id: string): Promise<ProfileDetails> {
  const { ctx, caller } = unit
  return unit.commit(async (tx) => {
    const before = await lockProfile(tx.trx, caller.teamId, id)
    if (before.status !== 'retrying') {
      throw new CroftError('invalid_state', `Only a retrying profile can be retried; this one is ${before.status}.`, {
        status: before.status,
      })
    }
    const row = await moveProfile(tx, before, 'set_up_resumed', 'The team asked for another try.')
    await tx.trx
      .updateTable('tasks')
      .set({ run_at: tx.now, parked: false, updated_at: tx.now })
      .where('team_id', '=', caller.teamId)
      .where('profile_id', '=', id)
      .where('kind', '=', 'setup')
      .where('status', '=', 'queued')
      .execute()
    await recordAudit(tx, 'profile.retry', `profile:${id}`, { status: before.status }, { status: row.status })
    return profileDetails(ctx, tx.trx, row)
  })
}
