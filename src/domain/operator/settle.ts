import { sql } from 'kysely'
import type { TaskStatus } from '../../db/schema.ts'
import { newId } from '../../lib/ids.ts'
import { actorOf } from '../../kernel/caller.ts'
import { CroftError } from '../../kernel/errors.ts'
import { getProfile } from '../profiles/get.ts'
import type { ClaimedTask } from '../../engine/tasks/claim.ts'
import { kindOf } from '../tasks/kinds.ts'
import type { Settlement } from '../../engine/tasks/kind.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { WorkItem } from '../../people/contract.ts'

/** Resumes the task that waited for this item, so that it can be settled like one that a worker performed. */
async function takeUp(tx: Tx, item: WorkItem): Promise<ClaimedTask> {
  const claim = newId()
  const row = await tx.trx
    .updateTable('tasks')
    // A warm-up that nobody started is not in progress, and ends without having been.
    .set({
      status: sql<TaskStatus>`case status when 'pending' then 'pending' else 'running' end`,
      claim,
      claimed_by: actorOf(tx.caller),
      updated_at: tx.now,
    })
    .where('team_id', '=', item.team_id)
    .where('id', '=', item.task_id)
    .where('status', 'in', ['pending', 'waiting'])
    .where('resume_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (!row)
    throw new CroftError('invalid_state', 'The task of this work no longer waits for a person. Nothing was changed.', {
      status: item.status,
    })
  return { ...row, claim, begun: true, claimedAt: performance.now() }
}

/** Ends the item's task by the rules of its kind, and lets the profile's next one begin. */
export async function settleTask(tx: Tx, item: WorkItem, settlement: Settlement<unknown>): Promise<void> {
  const task = await takeUp(tx, item)
  await kindOf(task).settle(tx, task, await getProfile(tx.trx, task.team_id, task.profile_id), settlement)
}
