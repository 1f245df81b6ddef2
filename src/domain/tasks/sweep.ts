import { sql, type RawBuilder } from 'kysely'
import { preparePost } from '../../jobs/definitions.ts'
import type { Trx } from '../../db/connect.ts'
import type { Context } from '../../kernel/context.ts'
import { mendLanes } from '../webhooks/lanes.ts'

const lock = 7_236_012
const batch = 500

interface Post {
  team_id: string
  id: string
  media_version: number
}

/**
 * Not swept for this `due` yet, or long ago: each pause is half of the row's lateness, up to 10 minutes. A job may wait
 * in the queue because its team holds its share, and must not be sent again and again meanwhile.
 */
const unswept = (ctx: Context, due: string, age: RawBuilder<unknown>) => sql`
  (t.swept_for is distinct from ${sql.ref(due)}
    or t.swept_at < now() - greatest(${ctx.lease.ms / 3} * interval '1 millisecond', least(${age} / 2, interval '10 minutes')))`

async function overduePosts(ctx: Context, trx: Trx): Promise<Post[]> {
  const now = ctx.clock.now()
  const stale = new Date(now.getTime() - 4 * ctx.lease.ms)
  const { rows } = await sql<Post>`
    with left_behind as (
      select t.team_id, t.id, t.prepare_lease as due from posts t
        where t.status = 'preparing' and t.prepare_lease < now()
          and ${unswept(ctx, 't.prepare_lease', sql`(now() - t.prepare_lease)`)}
        limit ${batch} for update skip locked
    ), unheld as (
      select t.team_id, t.id, t.updated_at from posts t
        where t.status = 'preparing' and t.prepare_lease is null and t.updated_at < ${stale}
          and ${unswept(ctx, 't.updated_at', sql`(${now}::timestamptz - t.updated_at)`)}
        order by t.updated_at limit ${batch} for update skip locked
    ), overdue as (select * from left_behind union all select * from unheld)
    update posts t set swept_for = o.due, swept_at = now() from overdue o
    where t.team_id = o.team_id and t.id = o.id
    returning t.team_id, t.id, t.media_version`.execute(trx)
  return rows
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
    const posts = await overduePosts(ctx, trx)
    const postJobs = posts.map(({ team_id, id, media_version }) => ({ data: { team_id, task_id: id, media_version } }))
    await queue.sendAll(trx, preparePost, postJobs)
    return posts.length
  })
  await mendLanes(ctx)
  if (sent > 0) queue.nudge(preparePost)
  return sent
}
