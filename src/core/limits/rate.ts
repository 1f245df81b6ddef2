import { sql } from 'kysely'
import type { Context } from '../context.ts'

/** How a request stands against the limit. Times in seconds. */
export interface RateStanding {
  allowed: boolean
  limit: number
  remaining: number
  /** Until a place becomes free. */
  resetSeconds: number
}

const windowMs = 60_000
// Few enough hits are kept each by itself, more are counted by the second, which errs towards refusing.
const bucketOf = (limit: number) => (limit <= 600 ? 1 : 1_000)

interface Row {
  used: number
  oldest: number
}

/** Counts a request in the team's rolling minute on a route; one row a team and route, so that it holds across processes. */
export async function countRequest(ctx: Context, teamId: string, route: string): Promise<RateStanding | null> {
  const limit = ctx.rateLimitPerMinute
  if (limit === 0) return null
  const bucket = bucketOf(limit)
  const now = Math.floor(ctx.clock.now().getTime() / bucket) * bucket
  const from = now - windowMs - (bucket === 1 ? 0 : bucket)
  const counted = await sql<Row>`
    insert into rate_windows as w (team_id, route, seconds, counts) values (${teamId}, ${route}, array[${now}::bigint], array[1])
    on conflict (team_id, route) do update set (seconds, counts) = (
      select array_agg(s order by s), array_agg(c order by s) from (
        select s, sum(c)::int as c from (
          select * from unnest(w.seconds, w.counts) as hit (s, c) union all select ${now}::bigint, 1
        ) hits where s > ${from} group by s
      ) kept
    )
    where (select coalesce(sum(c), 0) from unnest(w.seconds, w.counts) as hit (s, c) where s > ${from}) < ${limit}
    returning (select sum(c)::int from unnest(counts) as c) as used, seconds[1] as oldest`.execute(ctx.counters)
  const row = counted.rows[0]
  const standing = (used: number, oldest: number, allowed: boolean): RateStanding => ({
    allowed,
    limit,
    remaining: Math.max(limit - used, 0),
    resetSeconds: Math.max(Math.ceil((oldest - from) / 1_000), 1),
  })
  if (row) return standing(row.used, row.oldest, true)
  const full = await sql<{ oldest: number | null }>`
    select min(s) as oldest from rate_windows w, unnest(w.seconds) as s where team_id = ${teamId} and route = ${route} and s > ${from}`.execute(
    ctx.counters,
  )
  return standing(limit, full.rows[0]?.oldest ?? now, false)
}
