import type { JsonObject } from '../../lib/json.ts'
import { lockProfile } from '../profiles/get.ts'
import { isLive } from '../profiles/lifecycle.ts'
import { moveProfile } from '../profiles/move.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { profilePolicy } from '../teams/policy.ts'
import { isWarmedUp, type WarmupPolicy } from '../profiles/warmup-policy.ts'
import { planRun } from '../warmup/plan.ts'
import { endRun, startRun } from '../warmup/run.ts'
import { recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { ClaimedTask } from '../../engine/tasks/claim.ts'
import { endTask } from '../../engine/tasks/end.ts'
import { waitFor } from './hand-over.ts'
import { refusalOf, type Kind } from '../../engine/tasks/kind.ts'
import { topicsOf } from '../warmup/topics.ts'

const historyOf = (profile: ProfileRow) => ({
  runsCompleted: profile.runs_completed,
  firstRunAt: profile.first_run_at,
  lastRunEndedAt: profile.last_run_ended_at,
})

async function becomeReady(tx: Tx, profile: ProfileRow, policy: WarmupPolicy): Promise<void> {
  const ready = await moveProfile(tx, profile, 'warmed_up', 'Enough runs, over the time that the policy asks for.', {
    ready_at: tx.now,
  })
  await planRun(tx, ready, policy, policy.maintenanceMs)
}

async function afterRun(tx: Tx, task: ClaimedTask, { team_id, id }: ProfileRow, success: boolean, reason: string): Promise<void> {
  // Held before the run's event is written, so that the profile's events stand in the order of its changes.
  const profile = await lockProfile(tx.trx, team_id, id)
  const policy = await profilePolicy(tx.ctx, tx.trx, profile)
  const maintenance = profile.ready_at !== null
  const moved = await endRun(tx, task, profile, success, reason)
  if (!maintenance && isWarmedUp(policy, historyOf(moved))) return becomeReady(tx, moved, policy)
  await planRun(tx, moved, policy, maintenance ? policy.maintenanceMs : policy.intervalMs)
}

/** One warm-up run, or of a ready profile one maintenance run. */
export const warmup: Kind<JsonObject> = {
  runsIn: isLive,
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
    if (tx.ctx.drivers.get(profile.driver)?.can.byPerson) return true
    await recordTimeline(tx, {
      profileId: profile.id,
      kind: 'task',
      taskId: task.id,
      taskKind: 'warmup',
      to: 'running',
      reason: 'The run begins.',
    })
    await startRun(tx, profile)
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
