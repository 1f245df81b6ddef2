import { sql } from 'kysely'
import { newId } from '../../lib/ids.ts'
import type { TaskRow } from '../../kernel/rows.ts'
import { isUniqueViolation } from '../../kernel/conflict.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/**
 * A task that this process holds. `begun`: it was under way before, so what begins it has been done.
 * `claimedAt`: when the claim was asked for, in this process's monotonic milliseconds.
 */
export type ClaimedTask = TaskRow & { claim: string; begun: boolean; claimedAt: number }

/**
 * Takes the profile's next piece of work: one left by a dead worker, one whose sleep is over, else the earliest due.
 * One statement, since the choice and the claim must be one: with the unique index `tasks_one_under_way`
 * two claims at once cannot both succeed.
 * @returns null where nothing is due, or another holds the profile
 */
export async function claimTask(tx: Tx, profileId: string, worker: string): Promise<ClaimedTask | null> {
  const claim = newId()
  const claimedAt = performance.now()
  const { teamId } = tx.caller
  const statement = sql<TaskRow & { was: string }>`
    with next as (
      select t.id, t.status as was
      from tasks t join profiles p on p.team_id = t.team_id and p.id = t.profile_id
      where t.team_id = ${teamId} and t.profile_id = ${profileId} and (
        (t.status = 'running' and t.lease_until < now())
        or (t.status = 'waiting' and t.resume_at <= ${tx.now})
        or (t.status = 'queued' and t.run_at <= ${tx.now}
          and not exists (select from tasks o where o.team_id = t.team_id and o.profile_id = t.profile_id and o.status in ('running', 'waiting'))
          and case t.kind
            when 'setup' then p.status in ('configuring', 'retrying')
            when 'publish' then p.status in ('ready', 'failed', 'deactivated')
            else p.status in ('cold', 'warm', 'ready') end)
      )
      order by t.status = 'queued', t.run_at, t.id
      limit 1
      for update of t skip locked
    )
    update tasks t
    set status = 'running', claim = ${claim}, claimed_by = ${worker}, lease_until = clock_timestamp() + ${tx.ctx.lease.ms} * interval '1 millisecond',
        resume_at = null, started_at = coalesce(t.started_at, ${tx.now}), updated_at = ${tx.now}
    from next
    where t.team_id = ${teamId} and t.id = next.id
    returning t.*, next.was`
  await sql`savepoint claiming`.execute(tx.trx)
  try {
    const row = (await statement.execute(tx.trx)).rows[0]
    return row ? { ...row, claim, begun: row.was !== 'queued', claimedAt } : null
  } catch (error) {
    if (!isUniqueViolation(error, 'tasks_one_under_way')) throw error
    await sql`rollback to savepoint claiming`.execute(tx.trx)
    return null
  }
}

/** Holds a claim for another lease. @returns false where it is lost */
export async function extendLease(tx: Pick<Tx, 'ctx'>, task: Pick<ClaimedTask, 'team_id' | 'id' | 'claim'>): Promise<boolean> {
  const { db, lease } = tx.ctx
  const extended = await db
    .updateTable('tasks')
    .set({ lease_until: sql`now() + ${lease.ms} * interval '1 millisecond'` })
    .where('team_id', '=', task.team_id)
    .where('id', '=', task.id)
    .where('claim', '=', task.claim)
    .where('status', '=', 'running')
    .executeTakeFirst()
  return extended.numUpdatedRows > 0n
}
