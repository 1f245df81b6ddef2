import { sql, type RawBuilder } from 'kysely'
import type { Trx } from '../../db/connect.ts'
import type { Context } from '../../kernel/context.ts'
import type { TaskRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** A profile, as what its tasks wait for. */
export interface TaskOwner {
  team_id: string
  profile_id: string
}

const owners = (of: readonly TaskOwner[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(of.map(({ team_id, profile_id }) => ({ team_id, profile_id })))}::jsonb)
    as v(team_id uuid, profile_id uuid)`

/**
 * Parks due tasks behind the task of their profile that is under way: claims pass them over until {@link releaseTasks}.
 * The task under way is share-locked, so that its end, which releases, comes before or after, and a parked task is never forgotten.
 * @returns the ids of those that were parked
 */
export async function parkBehind(trx: Trx, tasks: readonly TaskRow[]): Promise<string[]> {
  if (tasks.length === 0) return []
  const ids = tasks.map(({ id }) => id)
  const { rows } = await sql<{ id: string }>`
    with busy as (
      select b.team_id, b.profile_id from tasks b join ${owners(tasks)} using (team_id, profile_id)
      where b.status in ('running', 'waiting') for share of b skip locked
    )
    update tasks t set parked = true from busy
    where t.team_id = busy.team_id and t.profile_id = busy.profile_id and t.id = any(${ids}::uuid[]) and t.status = 'queued'
    returning t.id`.execute(trx)
  return rows.map(({ id }) => id)
}

/** Parks due tasks that their profile's state does not allow, for a caller that holds the profile's lock. */
export async function parkTasks(trx: Trx, tasks: readonly Pick<TaskRow, 'team_id' | 'id'>[]): Promise<void> {
  if (tasks.length === 0) return
  const list = JSON.stringify(tasks.map(({ team_id, id }) => ({ team_id, id })))
  await sql`
    update tasks t set parked = true from jsonb_to_recordset(${list}::jsonb) as v(team_id uuid, id uuid)
    where t.team_id = v.team_id and t.id = v.id and t.status = 'queued'`.execute(trx)
}

/** The update of {@link releaseTasks}, for a statement that has the profiles as `v`. Its snapshot must be later than the lock on the task that ends. */
export const releasing = (of: RawBuilder<unknown>) => sql`
  update tasks t set parked = false
  from (
    select n.team_id, n.id from ${of}
    cross join (values ('setup'), ('warmup'), ('profile_edit'), ('publish')) as k(kind)
    cross join lateral (
      select team_id, id from tasks
      where team_id = v.team_id and profile_id = v.profile_id and kind = k.kind and status = 'queued' and parked
      order by run_at, id limit 1
    ) n
  ) next
  where t.team_id = next.team_id and t.id = next.id and t.parked`

/**
 * Lets the earliest parked task of each kind be claimed again. Called with whatever ends, moves or cancels a task of the
 * profile, or changes its state, in the same transaction.
 */
export async function releaseTasks(trx: Trx, of: readonly TaskOwner[]): Promise<void> {
  if (of.length > 0) await releasing(owners(of)).execute(trx)
}

/** As {@link releaseTasks}, for one profile, and wakes this process's workers after the commit. */
export async function releaseProfile(tx: Pick<Tx, 'trx' | 'wake'>, profile: TaskOwner): Promise<void> {
  await releaseTasks(tx.trx, [profile])
  tx.wake('tasks')
}

/**
 * Releases parked tasks of profiles that have none under way and none to claim. Whatever frees a profile releases its
 * tasks; should a fault ever leave one behind, it is late and not lost. One that its profile's state holds is parked again.
 */
export async function releaseForgotten(ctx: Context, limit: number): Promise<void> {
  const { rows } = await sql<TaskOwner>`
    select team_id, profile_id from (
      select distinct t.team_id, t.profile_id from tasks t
      where t.status = 'queued' and t.parked
        and not exists (
          select from tasks o where o.team_id = t.team_id and o.profile_id = t.profile_id
            and (o.status in ('running', 'waiting') or (o.status = 'queued' and not o.parked and o.run_at <= now()))
        )
    ) free order by random() limit ${limit}`.execute(ctx.db)
  await ctx.db.transaction().execute((trx) => releaseTasks(trx, rows))
}
