import { releaseProfile } from '../../engine/tasks/park.ts'
import { CroftError } from '../../kernel/errors.ts'
import { findProfile, lockProfile } from '../profiles/find.ts'
import type { ProfileRow, TaskRow } from '../../kernel/rows.ts'
import { isUniqueViolation } from '../../kernel/conflict.ts'
import { recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { endRun, startRun } from './run.ts'

const underWay = (profile: ProfileRow): CroftError =>
  new CroftError(
    'invalid_state',
    'Another piece of work of this profile is under way. Tasks of one profile run one at a time; start this one when that has ended.',
    { status: profile.status },
  )

/**
 * A person starts the run that waited for them, in the transaction of their call. Only now is the task under way, and the profile `warming`.
 * @throws CroftError `invalid_state` where another task of the profile is under way, or the profile takes no run now
 */
export async function startByPerson(tx: Tx, task: Pick<TaskRow, 'id' | 'profile_id'>): Promise<void> {
  const { teamId } = tx.caller
  const profile = await findProfile(tx.trx, teamId, task.profile_id)
  try {
    const started = await tx.trx
      .updateTable('tasks')
      .set({ status: 'waiting', started_at: tx.now, updated_at: tx.now })
      .where('team_id', '=', teamId)
      .where('id', '=', task.id)
      .where('status', '=', 'pending')
      .executeTakeFirst()
    // Begun already, by whoever held it before.
    if (started.numUpdatedRows === 0n) return
  } catch (error) {
    throw isUniqueViolation(error, 'tasks_one_under_way') ? underWay(profile) : error
  }
  await startRun(tx, await lockProfile(tx.trx, teamId, profile.id))
}

/** Whoever had begun the run went away: it counts for nothing, and waits for somebody to start it anew. */
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
