import { releaseProfile } from '../../engine/tasks/park.ts'
import { cancelWork } from '../../people/queue.ts'
import { recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** Holds the profile's open tasks until the transaction ends. */
export async function lockOpenTasks(tx: Tx, profileId: string): Promise<void> {
  await tx.trx
    .selectFrom('tasks')
    .select('id')
    .where('team_id', '=', tx.caller.teamId)
    .where('profile_id', '=', profileId)
    .where('status', 'in', ['pending', 'queued', 'running', 'waiting'])
    .orderBy('id')
    .forUpdate()
    .execute()
}

/** Ends every open task of a profile but its publish tasks, which their posts end. A worker in the middle of one finds its claim gone. */
export async function cancelOpenTasks(tx: Tx, profileId: string, reason: string): Promise<void> {
  const ended = await tx.trx
    .updateTable('tasks')
    .set({ status: 'canceled', claim: null, lease_until: null, resume_at: null, ended_at: tx.now, updated_at: tx.now })
    .where('team_id', '=', tx.caller.teamId)
    .where('profile_id', '=', profileId)
    .where('kind', '!=', 'publish')
    .where('status', 'in', ['pending', 'queued', 'running', 'waiting'])
    .returning(['id', 'kind'])
    .execute()
  await releaseProfile(tx, { team_id: tx.caller.teamId, profile_id: profileId })
  for (const task of ended) {
    await cancelWork(tx, { taskId: task.id })
    await recordTimeline(tx, {
      profileId,
      kind: 'task',
      taskId: task.id,
      taskKind: task.kind,
      to: 'canceled',
      reason,
    })
  }
}
