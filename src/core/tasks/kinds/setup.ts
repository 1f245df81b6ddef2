import { sql } from 'kysely'
import { wakeProfile } from '../../../jobs/definitions.ts'
import { newId } from '../../../lib/ids.ts'
import { moveProfile } from '../../profiles/move.ts'
import type { ProfileRow } from '../../rows.ts'
import { teamPolicy } from '../../teams/policy.ts'
import { isWarmedUp } from '../../warmup/policy.ts'
import { planRun } from '../../warmup/plan.ts'
import { recordTimeline } from '../../write/record.ts'
import type { Tx } from '../../write/scope.ts'
import type { ClaimedTask } from '../claim.ts'
import { cancelOpenTasks } from '../cancel.ts'
import { backoffMs, endTask, mostTries, requeueTask } from '../end.ts'
import { waitFor } from '../hand-over.ts'
import { refusalOf, type Kind } from './kind.ts'

type Done = { phoneName: string | null }

/** People give the same name again for a phone that hosts other profiles too; every other driver's phones are new. */
async function knownPhone(tx: Tx, profile: ProfileRow, name: string): Promise<string | null> {
  if (!tx.ctx.drivers.get(profile.driver)?.can.byPerson) return null
  // Two who name a new phone at once name one phone.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`phone ${profile.team_id} ${name}`}, 0))`.execute(tx.trx)
  const known = await tx.trx
    .selectFrom('phones')
    .select('id')
    .where('team_id', '=', profile.team_id)
    .where('driver', '=', profile.driver)
    .where('name', '=', name)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return known?.id ?? null
}

async function addPhone(tx: Tx, profile: ProfileRow, name: string | null): Promise<string | null> {
  if (name === null) return null
  const known = await knownPhone(tx, profile, name)
  if (known !== null) return known
  const id = newId()
  await tx.trx
    .insertInto('phones')
    .values({ team_id: profile.team_id, id, name, driver: profile.driver, created_at: tx.now })
    .execute()
  return id
}

async function succeed(tx: Tx, task: ClaimedTask, profile: ProfileRow, done: Done): Promise<void> {
  await endTask(tx, task, 'done', 'The account is signed in.', { result: done })
  const policy = await teamPolicy(tx.ctx, tx.trx, profile.team_id)
  const provisioned = { phone_id: await addPhone(tx, profile, done.phoneName), provisioned_at: tx.now, failure: null }
  const ready = isWarmedUp(policy, { runsCompleted: 0, firstRunAt: null, lastRunEndedAt: null })
  const moved = ready
    ? await moveProfile(tx, profile, 'granted', 'The account is signed in, and the policy asks for no warm-up.', {
        ...provisioned,
        ready_at: tx.now,
      })
    : await moveProfile(tx, profile, 'set_up', 'The account is signed in.', provisioned)
  await planRun(tx, moved, policy, ready ? policy.maintenanceMs : 0)
  await tx.send(wakeProfile, { team_id: profile.team_id, profile_id: profile.id })
}

/** Setting an account up: signing it in, on a phone or by a grant. */
export const setup: Kind<Done> = {
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
  perform: ({ driver, driverProfile, step }) => driver.setUp(driverProfile, step),
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
