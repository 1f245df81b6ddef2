import { moveProfile } from '../profiles/move.ts'
import type { ProfileRow, TaskRow } from '../../kernel/rows.ts'
import { recordEvent } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/**
 * The run's start: that of the first run counts from here on. @throws CroftError `invalid_state` if the profile takes
 * no run now
 */
export async function startRun(tx: Tx, profile: ProfileRow): Promise<void> {
  const first = profile.first_run_at ? {} : { first_run_at: tx.now }
  if (profile.status === 'ready') await moveProfile(tx, profile, 'maintenance_started', 'A maintenance run begins.')
  else await moveProfile(tx, profile, 'run_started', `Run ${profile.runs_completed + 1} begins.`, first)
}

/** A first run that fails does not count, so the next one is the first. */
const firstRunAfterFailure = (profile: ProfileRow) => (profile.runs_completed === 0 ? { first_run_at: null } : {})

/** Records how a run ended, and counts a successful one. A run that nobody started leaves the profile as it is. */
export async function endRun(
  tx: Tx,
  task: Pick<TaskRow, 'id'>,
  profile: ProfileRow,
  success: boolean,
  reason: string,
): Promise<ProfileRow> {
  const maintenance = profile.ready_at !== null
  const counted = success
    ? { runs_completed: profile.runs_completed + 1, last_run_ended_at: tx.now }
    : maintenance
      ? {}
      : firstRunAfterFailure(profile)
  await recordEvent(tx, success ? 'warmup.completed' : 'warmup.failed', {
    profile_id: profile.id,
    task_id: task.id,
    maintenance,
    runs_completed: profile.runs_completed + (success ? 1 : 0),
    reason,
  })
  if (profile.status !== 'warming') return profile
  return moveProfile(tx, profile, maintenance ? 'maintenance_ended' : 'run_ended', reason, counted)
}
