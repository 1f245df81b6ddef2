import { sql } from 'kysely'
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
  freeInMs: number
}

/** The window that ends now: hits behind `from` count. */
function windowAt(limit: number, at: number): { now: number; from: number } {
  const bucket = bucketOf(limit)
  const now = Math.floor(at / bucket) * bucket
  return { now, from: now - windowMs - (bucket === 1 ? 0 : bucket) }
}

/**
 * Counts up to `asked` requests at once; one row per team and route, so that it holds across processes. The time is the
 * database's, read under the row's lock: hits are in order, and one in the future means that a clock was set back.
 */
async function count(ctx: Context, teamId: string, route: string, asked: number): Promise<Row> {
  return ctx.counters.transaction().execute(async (trx) => {
    const read = () =>
      sql<{ seconds: number[]; counts: number[]; at: number }>`
      with held as materialized (
        select seconds, counts from rate_windows where team_id = ${teamId} and route = ${route} for update
      )
      select seconds::float8[] as seconds, counts, extract(epoch from ${ctx.databaseClock.moment()})::float8 * 1000 as at from held`.execute(
        trx,
      )
    let [row] = (await read()).rows
    if (!row) {
      await sql`insert into rate_windows (team_id, route, seconds, counts) values (${teamId}, ${route}, '{}', '{}') on conflict do nothing`.execute(
        trx,
      )
      row = (await read()).rows[0]
    }
    if (!row) throw new Error('the row of a rate limit is gone as soon as it was written')
    const { now, from } = windowAt(ctx.rateLimitPerMinute, row.at)
    const hits = new Map<number, number>()
    for (const [index, second] of row.seconds.entries())
      if (second > from && second <= now) hits.set(second, row.counts[index] ?? 0)
    const used = [...hits.values()].reduce((sum, one) => sum + one, 0)
    const granted = Math.min(asked, Math.max(ctx.rateLimitPerMinute - used, 0))
    if (granted > 0) hits.set(now, (hits.get(now) ?? 0) + granted)
    const kept = [...hits].sort(([a], [b]) => a - b)
    if (granted > 0)
      await sql`
        update rate_windows set seconds = ${kept.map(([second]) => second)}::bigint[], counts = ${kept.map(([, hit]) => hit)}::int[]
        where team_id = ${teamId} and route = ${route}`.execute(trx)
    return { used, granted, freeInMs: (kept[0]?.[0] ?? now) - from }
  })
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
      const { used, granted, freeInMs } = await count(ctx, teamId, route, asking.length)
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
