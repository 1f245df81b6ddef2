import { sql, type RawBuilder } from 'kysely'
import type { Trx } from '../../db/connect.ts'
import type { Context } from '../../kernel/context.ts'
import type { TaskRow } from '../../kernel/rows.ts'
import { newId } from '../../lib/ids.ts'

/**
 * A task that this process holds. `begun`: it was under way before, so what begins it has been done.
 * `claimedAt`: when the claim was asked for, in this process's monotonic milliseconds.
 */
export type ClaimedTask = TaskRow & { claim: string; begun: boolean; claimedAt: number }

/** Where the candidates of a claim come from: a query that locks tasks. */
export type Candidates = RawBuilder<TaskRow>

/** Stamps tasks that the caller has locked as under way, each with a claim of its own. */
export async function claimTasks(trx: Trx, ctx: Context, worker: string, tasks: readonly TaskRow[]): Promise<ClaimedTask[]> {
  if (tasks.length === 0) return []
  const claimedAt = performance.now()
  const now = ctx.clock.now()
  const rows = tasks.map(({ team_id, id }) => ({ team_id, id, claim: newId() }))
  const claimed = await sql<TaskRow & { claim: string }>`
    update tasks t
    set status = 'running', claim = v.claim, claimed_by = ${worker}, parked = false,
        lease_until = clock_timestamp() + ${ctx.lease.ms} * interval '1 millisecond', resume_at = null,
        started_at = coalesce(t.started_at, ${now}), updated_at = ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(team_id uuid, id uuid, claim uuid)
    where t.team_id = v.team_id and t.id = v.id
    returning t.*`.execute(trx)
  const begun = new Set(tasks.filter(({ status }) => status !== 'queued').map(({ id }) => id))
  return claimed.rows.map((row) => ({ ...row, begun: begun.has(row.id), claimedAt }))
}

/** Locks tasks that a dead worker left, and those whose sleep is over. */
export const lockResumable = (ctx: Context, limit: number): Candidates => sql`
  select * from (
    select * from tasks where status = 'running' and lease_until < now() order by lease_until limit ${limit} for update skip locked
  ) left_behind
  union all
  select * from (
    select * from tasks where status = 'waiting' and resume_at <= ${ctx.clock.now()} order by resume_at limit ${limit} for update skip locked
  ) slept limit ${limit}`
