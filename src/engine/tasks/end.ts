import type { Failure, TaskStatus } from '../../db/schema.ts'
import type { JsonObject } from '../../lib/json.ts'
import { recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { ClaimedTask } from './claim.ts'
import { releaseTasks } from './park.ts'
import { ClaimLost } from './steps.ts'

const released = { claim: null, claimed_by: null, lease_until: null, resume_at: null }

/** Changes the task while this claim holds it, and lets go of it and of what waits behind it. @throws ClaimLost */
export async function changeClaimed(tx: Tx, task: ClaimedTask, set: object): Promise<void> {
  const changed = await tx.trx
    .updateTable('tasks')
    .set({ ...released, ...set, updated_at: tx.now })
    .where('team_id', '=', task.team_id)
    .where('id', '=', task.id)
    .where('claim', '=', task.claim)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) throw new ClaimLost()
  await releaseTasks(tx.trx, [task])
  tx.wake('tasks')
}

/** Holds the task's row for settling. @throws ClaimLost where another has it by now */
export async function lockClaim(tx: Tx, task: ClaimedTask): Promise<void> {
  const held = await tx.trx
    .selectFrom('tasks')
    .select('id')
    .where('team_id', '=', task.team_id)
    .where('id', '=', task.id)
    .where('claim', '=', task.claim)
    .forUpdate()
    .executeTakeFirst()
  if (!held) throw new ClaimLost()
}

/** Ends a task other than a publish, with its line in the timeline. */
export async function endTask(
  tx: Tx,
  task: ClaimedTask,
  status: TaskStatus,
  reason: string,
  end: { result?: JsonObject; failure?: Failure } = {},
): Promise<void> {
  await changeClaimed(tx, task, {
    status,
    ended_at: tx.now,
    ...(end.result ? { result: JSON.stringify(end.result) } : {}),
    ...(end.failure ? { failure: JSON.stringify(end.failure) } : {}),
  })
  await recordTimeline(tx, { profileId: task.profile_id, kind: 'task', taskId: task.id, taskKind: task.kind, to: status, reason })
}

/** Lets the task sleep, holding no worker. */
export async function sleepTask(tx: Tx, task: ClaimedTask, until: Date): Promise<void> {
  await changeClaimed(tx, task, { status: 'waiting', resume_at: until, tries: task.tries })
}

/** Puts the task back, to be tried again at `at`: from its first step on, or going on from the stored ones. */
export async function requeueTask(tx: Tx, task: ClaimedTask, at: Date, failure: Failure, anew: boolean): Promise<void> {
  await changeClaimed(tx, task, {
    status: 'queued',
    run_at: at,
    run: task.run + (anew ? 1 : 0),
    tries: task.tries + 1,
    failure: JSON.stringify(failure),
  })
  await recordTimeline(tx, {
    profileId: task.profile_id,
    kind: 'task',
    taskId: task.id,
    taskKind: task.kind,
    to: 'queued',
    reason: `${failure.message} Tried again at ${at.toISOString()}.`,
  })
}

/** The pause before try number `tries + 1`: 2 s doubling up to 5 minutes. */
export const backoffMs = (tries: number): number => Math.min(2_000 * 2 ** tries, 300_000)

/** Tries of one piece of work before it is given up. */
export const mostTries = 5
