import type { SetUp } from '../../drivers/contract.ts'
import { addPhone, findOrAddPhone } from '../phones/find-or-add.ts'
import { editFields } from '../profiles/edit.ts'
import { isBeingSetUp } from '../profiles/lifecycle.ts'
import { moveProfile } from '../profiles/move.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { profilePolicy } from '../teams/policy.ts'
import { isWarmedUp } from '../profiles/warmup-policy.ts'
import { planRun } from '../warmup/plan.ts'
import { recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { ClaimedTask } from '../../engine/tasks/claim.ts'
import { cancelOpenTasks } from './cancel.ts'
import { backoffMs, endTask, mostTries, requeueTask } from '../../engine/tasks/end.ts'
import { waitFor } from './hand-over.ts'
import { refusalOf, type Kind } from '../../engine/tasks/kind.ts'

const phoneOf = (tx: Tx, profile: ProfileRow, name: string): Promise<string> =>
  tx.ctx.drivers.get(profile.driver)?.can.byPerson ? findOrAddPhone(tx, profile.driver, name) : addPhone(tx, profile.driver, name)

/** What the account shows and nobody has asked to be otherwise, neither with the profile nor by an edit that waits. */
async function foundValues(tx: Tx, profile: ProfileRow, { found = {} }: SetUp) {
  const edits = await tx.trx
    .selectFrom('tasks')
    .select('input')
    .where('team_id', '=', profile.team_id)
    .where('profile_id', '=', profile.id)
    .where('kind', '=', 'profile_edit')
    .where('status', '=', 'queued')
    .execute()
  const waiting = new Set(edits.flatMap(({ input }) => editFields(input)))
  return {
    ...(found.displayName === undefined || waiting.has('name') ? {} : { display_name: found.displayName }),
    ...(found.bio === undefined || waiting.has('bio') ? {} : { bio: found.bio || null }),
  }
}

async function succeed(tx: Tx, task: ClaimedTask, profile: ProfileRow, done: SetUp): Promise<void> {
  await endTask(tx, task, 'done', 'The account is signed in.', {
    result: { phoneName: done.phoneName, found: { ...done.found } },
  })
  const policy = await profilePolicy(tx.ctx, tx.trx, profile)
  const provisioned = {
    ...(await foundValues(tx, profile, done)),
    phone_id: done.phoneName === null ? null : await phoneOf(tx, profile, done.phoneName),
    provisioned_at: tx.now,
    failure: null,
  }
  const ready = isWarmedUp(policy, { runsCompleted: 0, firstRunAt: null, lastRunEndedAt: null })
  const moved = ready
    ? await moveProfile(tx, profile, 'granted', 'The account is signed in, and the policy asks for no warm-up.', {
        ...provisioned,
        ready_at: tx.now,
      })
    : await moveProfile(tx, profile, 'set_up', 'The account is signed in.', provisioned)
  await planRun(tx, moved, policy, ready ? policy.maintenanceMs : 0)
}

/** Setting an account up: signing it in, on a phone or by a grant. */
export const setup: Kind<SetUp> = {
  runsIn: isBeingSetUp,
  async begin(tx, task, profile) {
    if (profile.status === 'retrying') await moveProfile(tx, profile, 'set_up_resumed', 'The next try of the set-up begins.')
    await recordTimeline(tx, {
      profileId: profile.id,
      kind: 'task',
      taskId: task.id,
      taskKind: 'setup',
      to: 'running',
      reason: `Set-up begins, try ${profile.setup_tries + 1}.`,
    })
    return true
  },
  perform: ({ driver, driverProfile, task, step }) => driver.setUp(driverProfile, editFields(task.input), step),
  async settle(tx, task, profile, settlement) {
    if ('done' in settlement) return succeed(tx, task, profile, settlement.done)
    if ('wait' in settlement) return waitFor(tx, task, profile, settlement.wait)
    const { refused: failed, anew } = refusalOf(settlement)
    const failure = { code: failed.code, message: failed.message }
    const tries = profile.setup_tries + 1
    const set = { setup_tries: tries, failure: JSON.stringify(failure) }
    if (!failed.retryable || tries >= mostTries) {
      await endTask(tx, task, 'failed', failed.message, { failure })
      await moveProfile(tx, profile, 'given_up', failed.message, set)
      await cancelOpenTasks(tx, profile.id, 'The profile could not be set up.')
      return
    }
    await moveProfile(tx, profile, 'set_up_failed', failed.message, set)
    await requeueTask(tx, task, new Date(tx.now.getTime() + backoffMs(tries)), failure, anew)
  },
}
