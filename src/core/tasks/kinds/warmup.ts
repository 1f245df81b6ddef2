import type { JsonObject } from '../../../lib/json.ts'
import { moveProfile } from '../../profiles/move.ts'
import type { ProfileRow } from '../../rows.ts'
import { profilePolicy } from '../../teams/policy.ts'
import { isWarmedUp, type WarmupPolicy } from '../../warmup/policy.ts'
import { planRun } from '../../warmup/plan.ts'
import { recordEvent, recordTimeline } from '../../write/record.ts'
import type { Tx } from '../../write/scope.ts'
import type { ClaimedTask } from '../claim.ts'
import { endTask } from '../end.ts'
import { waitFor } from '../hand-over.ts'
import { refusalOf, type Kind } from './kind.ts'
import { topicsOf } from '../../warmup/topics.ts'

const historyOf = (profile: ProfileRow) => ({
  runsCompleted: profile.runs_completed,
  firstRunAt: profile.first_run_at,
  lastRunEndedAt: profile.last_run_ended_at,
})

/** A first run that fails counts for nothing, so the next one is the first. */
const firstRunAfterFailure = (profile: ProfileRow) => (profile.runs_completed === 0 ? { first_run_at: null } : {})

async function becomeReady(tx: Tx, profile: ProfileRow, policy: WarmupPolicy): Promise<void> {
  const ready = await moveProfile(tx, profile, 'warmed_up', 'Enough runs, over the time that the policy asks for.', {
    ready_at: tx.now,
  })
  await planRun(tx, ready, policy, policy.maintenanceMs)
}

async function afterRun(tx: Tx, task: ClaimedTask, profile: ProfileRow, success: boolean, reason: string): Promise<void> {
  const policy = await profilePolicy(tx.ctx, tx.trx, profile)
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
  const moved = await moveProfile(tx, profile, maintenance ? 'maintenance_ended' : 'run_ended', reason, counted)
  if (!maintenance && isWarmedUp(policy, historyOf(moved))) return becomeReady(tx, moved, policy)
  await planRun(tx, moved, policy, maintenance ? policy.maintenanceMs : policy.intervalMs)
}

/** One warm-up run, or of a ready profile one maintenance run. */
export const warmup: Kind<JsonObject> = {
  async begin(tx, task, profile) {
    const policy = await profilePolicy(tx.ctx, tx.trx, profile)
    if (profile.status === 'warm' && isWarmedUp(policy, historyOf(profile))) {
      await endTask(tx, task, 'done', 'The policy asks for no further run.')
      await becomeReady(tx, profile, policy)
      return false
    }
    if (profile.status === 'ready' && policy.maintenanceMs === 0) {
      await endTask(tx, task, 'canceled', 'The policy asks for no maintenance runs.')
      return false
    }
    const first = profile.first_run_at ? {} : { first_run_at: tx.now }
    await recordTimeline(tx, {
      profileId: profile.id,
      kind: 'task',
      taskId: task.id,
      taskKind: 'warmup',
      to: 'running',
      reason: 'The run begins.',
    })
    if (profile.status === 'ready') await moveProfile(tx, profile, 'maintenance_started', 'A maintenance run begins.')
    else await moveProfile(tx, profile, 'run_started', `Run ${profile.runs_completed + 1} begins.`, first)
    return true
  },
  async perform({ ctx, driver, driverProfile, step, profile }) {
    const { sessionMs } = await profilePolicy(ctx, ctx.db, profile)
    const topics = driver.can.byPerson ? await topicsOf(ctx, profile) : null
    return driver.warmUp(driverProfile, { lengthMs: sessionMs, topics }, step)
  },
  async settle(tx, task, profile, settlement) {
    if ('wait' in settlement) return waitFor(tx, task, profile, settlement.wait)
    if ('done' in settlement) {
      await endTask(tx, task, 'done', 'The run ended well.', { result: settlement.done })
      return afterRun(tx, task, profile, true, 'The run ended well.')
    }
    const { refused: failure } = refusalOf(settlement)
    await endTask(tx, task, 'failed', failure.message, { failure: { code: failure.code, message: failure.message } })
    return afterRun(tx, task, profile, false, `The run failed and counts for nothing: ${failure.message}`)
  },
}
