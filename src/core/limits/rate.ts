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
  granted: number
  oldest: number | null
}

interface Window {
  bucket: number
  now: number
  from: number
}

function windowOf(ctx: Context): Window {
  const bucket = bucketOf(ctx.rateLimitPerMinute)
  const now = Math.floor(ctx.clock.now().getTime() / bucket) * bucket
  return { bucket, now, from: now - windowMs - (bucket === 1 ? 0 : bucket) }
}

/** Counts up to `asked` requests at once; one row a team and route, so that it holds across processes. */
async function count(ctx: Context, teamId: string, route: string, asked: number, { now, from }: Window): Promise<Row> {
  return ctx.counters.transaction().execute(async (trx) => {
    const read = () =>
      sql<{ seconds: number[]; counts: number[] }>`
      select seconds::float8[] as seconds, counts from rate_windows where team_id = ${teamId} and route = ${route} for update`.execute(
        trx,
      )
    let [row] = (await read()).rows
    if (!row) {
      await sql`insert into rate_windows (team_id, route, seconds, counts) values (${teamId}, ${route}, '{}', '{}') on conflict do nothing`.execute(
        trx,
      )
      row = (await read()).rows[0] ?? { seconds: [], counts: [] }
    }
    const hits = new Map<number, number>()
    for (const [index, second] of row.seconds.entries()) if (second > from) hits.set(second, row.counts[index] ?? 0)
    const used = [...hits.values()].reduce((sum, one) => sum + one, 0)
    const granted = Math.min(asked, Math.max(ctx.rateLimitPerMinute - used, 0))
    if (granted > 0) hits.set(now, (hits.get(now) ?? 0) + granted)
    const kept = [...hits].sort(([a], [b]) => a - b)
    if (granted > 0)
      await sql`
        update rate_windows set seconds = ${kept.map(([second]) => second)}::bigint[], counts = ${kept.map(([, hit]) => hit)}::int[]
        where team_id = ${teamId} and route = ${route}`.execute(trx)
    return { used, granted, oldest: kept[0]?.[0] ?? null }
  })
}

interface Counter {
  waiting: ((standing: RateStanding | Promise<never>) => void)[]
  running: boolean
  /** No place becomes free before this time, so nothing need be asked. */
  fullUntil: number
}

const counters = new WeakMap<Context, Map<string, Counter>>()
const mostCounters = 10_000

function counterOf(ctx: Context, key: string): Counter {
  const all = counters.get(ctx) ?? new Map<string, Counter>()
  counters.set(ctx, all)
  const found = all.get(key) ?? { waiting: [], running: false, fullUntil: 0 }
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
      const window = windowOf(ctx)
      const { used, granted, oldest } = await count(ctx, teamId, route, asking.length, window)
      const resetSeconds = Math.max(Math.ceil(((oldest ?? window.now) - window.from) / 1_000), 1)
      if (granted < asking.length) counter.fullUntil = (oldest ?? window.now) + (window.now - window.from)
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
 * Counts a request in the team's rolling minute on a route, across processes. In one process a team and route wait in a
 * line of their own and use one connection, so that one team's flood leaves the others their way to the database.
 */
export function countRequest(ctx: Context, teamId: string, route: string): Promise<RateStanding | null> {
  const limit = ctx.rateLimitPerMinute
  if (limit === 0) return Promise.resolve(null)
  const counter = counterOf(ctx, `${teamId} ${route}`)
  const leftMs = counter.fullUntil - ctx.clock.now().getTime()
  if (leftMs > 0)
    return Promise.resolve({ allowed: false, limit, remaining: 0, resetSeconds: Math.max(Math.ceil(leftMs / 1_000), 1) })
  return new Promise((resolve) => {
    counter.waiting.push(resolve)
    if (!counter.running) void serve(ctx, teamId, route, counter)
  })
}
