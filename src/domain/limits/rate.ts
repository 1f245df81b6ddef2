import { sql } from 'kysely'
import { run, statement } from '../../db/statement.ts'
import type { Context } from '../../kernel/context.ts'

/** How a request stands against the limit. Times in seconds. */
export interface RateStanding {
  allowed: boolean
  limit: number
  remaining: number
  /** Until a place becomes free. */
  resetSeconds: number
}

const windowMs = 60_000
// Up to this limit each request is counted separately; above it, requests are counted by the second, which may refuse
// slightly early.
const bucketOf = (limit: number) => (limit <= 600 ? 1 : 1_000)

interface Row {
  used: number
  granted: number
  /** How long until a place becomes free, in milliseconds. */
  free_in_ms: number
}

/** How far back hits count, in milliseconds: behind the window by the bucket that it may begin within. */
const reachOf = (bucket: number): number => windowMs + (bucket === 1 ? 0 : bucket)

/**
 * Counts up to $3 requests of a limit of $4 at once; one row per team and route, so that it holds across processes. The
 * time is the database's, read under the row's lock: hits stand in order, and one of the future means that the clock was
 * set back. $5: the bucket, $6: how far back hits count, $7: takes the place of the time.
 */
const countHits = statement<Row>(
  'count_hits',
  `with held as materialized (
    select seconds, counts from rate_windows where team_id = $1 and route = $2 for update
  ), moment as materialized (
    select floor(extract(epoch from coalesce($7::timestamptz, clock_timestamp())) * 1000 / $5::bigint)::bigint * $5::bigint as now from held
  ), hits as materialized (
    select hit.second, hit.count from held, moment, unnest(held.seconds, held.counts) as hit (second, count)
    where hit.second > moment.now - $6::bigint and hit.second <= moment.now
  ), usage as materialized (
    select now, (select coalesce(sum(count), 0)::int from hits) as used from moment
  ), standing as materialized (
    select now, used, least($3::int, greatest($4::int - used, 0)) as granted from usage
  ), sums as (
    select second, sum(count)::int as count
    from (select second, count from hits union all select now, granted from standing where granted > 0) as one group by second
  ), kept as materialized (
    select array_agg(second order by second) as seconds, array_agg(count order by second) as counts from sums
  ), counted as (
    update rate_windows w set seconds = kept.seconds, counts = kept.counts from kept, standing
    where w.team_id = $1 and w.route = $2 and standing.granted > 0
  )
  select used, granted, coalesce((select seconds[1] from kept), now) - now + $6::bigint as free_in_ms from standing`,
)

async function count(ctx: Context, teamId: string, route: string, asked: number): Promise<Row> {
  const limit = ctx.rateLimitPerMinute
  const bucket = bucketOf(limit)
  const ask = () =>
    run(ctx.counters, countHits, [teamId, route, asked, limit, bucket, reachOf(bucket), ctx.databaseClock.substitute()])
  const [row] = await ask()
  if (row) return row
  await sql`insert into rate_windows (team_id, route, seconds, counts) values (${teamId}, ${route}, '{}', '{}') on conflict do nothing`.execute(
    ctx.counters,
  )
  const [first] = await ask()
  if (!first) throw new Error('the row of a rate limit is gone as soon as it was written')
  return first
}

interface Counter {
  waiting: ((standing: RateStanding | Promise<never>) => void)[]
  running: boolean
  /** No place becomes free between these times, so nothing need be asked. Before the first the clock was set back. */
  full: { from: number; until: number }
}

const counters = new WeakMap<Context, Map<string, Counter>>()
const mostCounters = 10_000

function counterOf(ctx: Context, key: string): Counter {
  const all = counters.get(ctx) ?? new Map<string, Counter>()
  counters.set(ctx, all)
  const found = all.get(key) ?? { waiting: [], running: false, full: { from: 0, until: 0 } }
  if (all.size > mostCounters) for (const [name, one] of all) if (!one.running) all.delete(name)
  all.set(key, found)
  return found
}

/** Answers everyone who waits with one statement after the other, each for all who came during the one before. */
async function serve(ctx: Context, teamId: string, route: string, counter: Counter): Promise<void> {
  counter.running = true
  const limit = ctx.rateLimitPerMinute
  while (counter.waiting.length > 0) {
    const asking = counter.waiting.splice(0)
    try {
      const { used, granted, free_in_ms: freeInMs } = await count(ctx, teamId, route, asking.length)
      const resetSeconds = Math.max(Math.ceil(freeInMs / 1_000), 1)
      const from = ctx.clock.now().getTime()
      if (granted < asking.length) counter.full = { from, until: from + freeInMs }
      for (const [index, answer] of asking.entries()) {
        const allowed = index < granted
        answer({ allowed, limit, remaining: allowed ? Math.max(limit - used - index - 1, 0) : 0, resetSeconds })
      }
    } catch (error) {
      for (const answer of asking) answer(Promise.reject(error instanceof Error ? error : new Error('the count failed')))
    }
  }
  counter.running = false
}

/**
 * Counts a request in the team's rolling minute on a route, across processes. In one process, each team and route has
 * its own queue and uses one connection, so that one team's flood leaves the others their connections.
 */
export function countRequest(ctx: Context, teamId: string, route: string): Promise<RateStanding | null> {
  const limit = ctx.rateLimitPerMinute
  if (limit === 0) return Promise.resolve(null)
  const counter = counterOf(ctx, `${teamId} ${route}`)
  const now = ctx.clock.now().getTime()
  const leftMs = counter.full.until - now
  if (leftMs > 0 && now >= counter.full.from)
    return Promise.resolve({ allowed: false, limit, remaining: 0, resetSeconds: Math.max(Math.ceil(leftMs / 1_000), 1) })
  return new Promise((resolve) => {
    counter.waiting.push(resolve)
    if (!counter.running) void serve(ctx, teamId, route, counter)
  })
}
