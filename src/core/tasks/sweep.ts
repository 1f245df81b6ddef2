import { sql } from 'kysely'
import { preparePost, wakeProfile } from '../../jobs/definitions.ts'
import type { Context } from '../context.ts'
import { mendLanes } from '../webhooks/lanes.ts'

const lock = 7_236_012
const batch = 500

interface Found {
  team_id: string
  id: string
}

/**
 * Finds what is overdue and no live job holds any more, and sends its job again: a lost job is late, not lost.
 * A second job for the same row does no harm, since every handler claims its row first.
 * @returns how many jobs were sent
 */
export async function sweep(ctx: Context): Promise<number> {
  const { queue } = ctx
  const late = new Date(ctx.clock.now().getTime() - ctx.lease.ms / 3)
  const stale = new Date(ctx.clock.now().getTime() - 4 * ctx.lease.ms)
  const sent = await ctx.db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock(${lock}) as held`.execute(trx)
    if (!rows[0]?.held) return 0
    const profiles = await sql<Found>`
      select distinct team_id, profile_id as id from (
        (select team_id, profile_id from tasks where status = 'running' and lease_until < now() limit ${batch})
        union all (select team_id, profile_id from tasks where status = 'waiting' and resume_at < ${late} limit ${batch})
        union all (select t.team_id, t.profile_id from tasks t join profiles p on p.team_id = t.team_id and p.id = t.profile_id
          where t.status = 'queued' and t.run_at < ${late}
            and p.status not in ('warming') and (t.kind = 'setup') = (p.status in ('configuring', 'retrying'))
            and (t.kind <> 'publish' or p.status in ('ready', 'failed', 'deactivated'))
            and not exists (select from tasks o where o.team_id = t.team_id and o.profile_id = t.profile_id and o.status in ('running', 'waiting'))
          order by t.run_at limit ${batch})
      ) overdue`.execute(trx)
    const posts = await sql<Found & { media_version: number }>`
      select team_id, id, media_version from posts
      where status = 'preparing' and (prepare_lease < now() or (prepare_lease is null and updated_at < ${stale})) limit ${batch}`.execute(
      trx,
    )
    await queue.sendAll(
      trx,
      wakeProfile,
      profiles.rows.map((row) => ({ data: { team_id: row.team_id, profile_id: row.id } })),
    )
    await queue.sendAll(
      trx,
      preparePost,
      posts.rows.map((row) => ({ data: { team_id: row.team_id, task_id: row.id, media_version: row.media_version } })),
    )
    return profiles.rows.length + posts.rows.length
  })
  await mendLanes(ctx)
  if (sent > 0) for (const definition of [wakeProfile, preparePost]) queue.nudge(definition)
  return sent
}
