import { releaseProfile } from '../../engine/tasks/park.ts'
import { CroftError } from '../../kernel/errors.ts'
import { getProfile, lockProfile } from '../profiles/get.ts'
import type { ProfileRow, TaskRow } from '../../kernel/rows.ts'
import { isUniqueViolation } from '../../kernel/conflict.ts'
import { recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { endRun, startRun } from './run.ts'

const underWay = (profile: ProfileRow): CroftError =>
  new CroftError(
    'invalid_state',
    'Another task of this profile is in progress. Tasks of one profile run one at a time; start this one when that one has ended.',
    { status: profile.status },
  )

/**
 * A person starts the run that waited for them, in the transaction of their call. Only now is the task in progress, and
 * the profile `warming`.
 * @throws CroftError `invalid_state` if another task of the profile is in progress, or the profile takes no run now
 */
export async function startByPerson(tx: Tx, task: Pick<TaskRow, 'id' | 'profile_id'>): Promise<void> {
  const { teamId } = tx.caller
  const profile = await getProfile(tx.trx, teamId, task.profile_id)
  try {
    const started = await tx.trx
      .updateTable('tasks')
      .set({ status: 'waiting', started_at: tx.now, updated_at: tx.now })
      .where('team_id', '=', teamId)
      .where('id', '=', task.id)
      .where('status', '=', 'pending')
      .executeTakeFirst()
    // Already started, by the previous holder.
    if (started.numUpdatedRows === 0n) return
  } catch (error) {
    throw isUniqueViolation(error, 'tasks_one_under_way') ? underWay(profile) : error
  }
  await startRun(tx, await lockProfile(tx.trx, teamId, profile.id))
}

/** The holder who had started the run has gone: it does not count, and waits for someone to start it again. */
export async function abandonRun(tx: Tx, task: Pick<TaskRow, 'id' | 'profile_id'>, reason: string): Promise<void> {
  const { teamId } = tx.caller
  const waits = await tx.trx
    .updateTable('tasks')
    .set({ status: 'pending', started_at: null, updated_at: tx.now })
    .where('team_id', '=', teamId)
    .where('id', '=', task.id)
    .where('status', '=', 'waiting')
    .executeTakeFirst()
  if (waits.numUpdatedRows === 0n) return
  const profile = await lockProfile(tx.trx, teamId, task.profile_id)
  await recordTimeline(tx, { profileId: profile.id, kind: 'task', taskId: task.id, taskKind: 'warmup', to: 'pending', reason })
  await endRun(tx, task, profile, false, reason)
  await releaseProfile(tx, { team_id: teamId, profile_id: profile.id })
}
