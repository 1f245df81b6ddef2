import { sql, type RawBuilder } from 'kysely'
import { wakeProfile } from '../../jobs/definitions.ts'
import type { Trx } from '../../db/connect.ts'
import type { Context } from '../../kernel/context.ts'

const lock = 7_236_012
const batch = 500

interface Profile {
  team_id: string
  profile_id: string
}

/**
 * Not swept for this `due` yet, or long ago: each pause is half of the row's lateness, up to 10 minutes. A job may wait
 * in the queue because its team holds its share, and must not be sent again and again meanwhile.
 */
const unswept = (ctx: Context, due: string, age: RawBuilder<unknown>) => sql`
  (t.swept_for is distinct from ${sql.ref(due)}
    or t.swept_at < now() - greatest(${ctx.lease.ms / 3} * interval '1 millisecond', least(${age} / 2, interval '10 minutes')))`

async function overdueProfiles(ctx: Context, trx: Trx): Promise<Profile[]> {
  const now = ctx.clock.now()
  const late = new Date(now.getTime() - ctx.lease.ms / 3)
  const since = (column: string) => sql`(${now}::timestamptz - ${sql.ref(column)})`
  const { rows } = await sql<Profile>`
    with left_behind as (
      select t.team_id, t.id, t.lease_until as due from tasks t
        where t.status = 'running' and t.lease_until < now() and ${unswept(ctx, 't.lease_until', sql`(now() - t.lease_until)`)}
        limit ${batch} for update skip locked
    ), slept as (
      select t.team_id, t.id, t.resume_at from tasks t
        where t.status = 'waiting' and t.resume_at < ${late} and ${unswept(ctx, 't.resume_at', since('t.resume_at'))}
        limit ${batch} for update skip locked
    ), queued as (
      select t.team_id, t.id, t.run_at from tasks t join profiles p on p.team_id = t.team_id and p.id = t.profile_id
        where t.status = 'queued' and t.run_at < ${late}
          and p.status not in ('warming') and (t.kind = 'setup') = (p.status in ('configuring', 'retrying'))
          and (t.kind <> 'publish' or p.status in ('ready', 'failed', 'deactivated'))
          and not exists (select from tasks o where o.team_id = t.team_id and o.profile_id = t.profile_id and o.status in ('running', 'waiting'))
          and ${unswept(ctx, 't.run_at', since('t.run_at'))}
        order by t.run_at limit ${batch} for update of t skip locked
    ), overdue as (select * from left_behind union all select * from slept union all select * from queued)
    update tasks t set swept_for = o.due, swept_at = now() from overdue o
    where t.team_id = o.team_id and t.id = o.id
    returning t.team_id, t.profile_id`.execute(trx)
  return [...new Map(rows.map((row) => [row.profile_id, row])).values()]
}

/**
 * Finds what is overdue and no live job holds any more, and sends its job again: a lost job is late, not lost.
 * A second job for the same row does no harm, since every handler claims its row first.
 * @returns how many jobs were sent
 */
export async function sweep(ctx: Context): Promise<number> {
  const { queue } = ctx
  const sent = await ctx.db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock(${lock}) as held`.execute(trx)
    if (!rows[0]?.held) return 0
    const profiles = await overdueProfiles(ctx, trx)
    const profileJobs = profiles.map(({ team_id, profile_id }) => ({ data: { team_id, profile_id } }))
    await queue.sendAll(trx, wakeProfile, profileJobs)
    return profiles.length
  })
  if (sent > 0) queue.nudge(wakeProfile)
  return sent
}
