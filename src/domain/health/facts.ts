import { sql } from 'kysely'
import { readChores, type ChoreFacts } from '../../engine/chores/facts.ts'
import type { Context } from '../../kernel/context.ts'
import { videoMedia } from '../bundles/check-video.ts'
import { postMedia } from '../posts/prepare.ts'

/** How the work stands, for /readyz and /metrics. Ages in seconds; `queues` keeps the names that its readers know. */
export interface Facts {
  queues: { name: string; ready: number; failed: number }[]
  chores: ChoreFacts[]
  /** Workers that reported within the last 30 s. */
  workers: number
  oldestOverduePostSeconds: number
  overduePosts: number
  preparingPosts: number
  unconfirmedPosts: number
  pendingDeliveries: number
  oldestOverdueDeliverySeconds: number
  oldestUntoldEventSeconds: number
  /** Reviews whose window ended and whose finalizing threw. */
  stuckReviews: number
}

type Numbers = Omit<Facts, 'queues' | 'chores'>

/**
 * A table that is a queue of media: rows that are due and that no worker holds, and those at which Croft has failed more than
 * three times in a row. Each by a partial index.
 */
const mediaQueue = (name: string, table: string, waiting: string, now: Date) => sql`
  select ${name}::text as name,
    (select count(*)::int from ${sql.table(table)}
      where ${sql.raw(waiting)} and prepare_at <= ${now} and (prepare_lease is null or prepare_lease < now())) as ready,
    (select count(*)::int from ${sql.table(table)} where ${sql.raw(waiting)} and prepare_faults > 3) as failed`

const queues = (now: Date) => sql<Facts['queues'][number]>`
  select 'wake-profile'::text as name, count(*)::int as ready, 0 as failed
  from tasks where status = 'queued' and not parked and run_at <= ${now}
  union all ${mediaQueue('prepare-post', postMedia.table, postMedia.waiting, now)}
  union all ${mediaQueue('check-video', videoMedia.table, videoMedia.waiting, now)}`

const age = (time: unknown, now: Date) =>
  sql<number>`greatest(coalesce(extract(epoch from ${now}::timestamptz - ${time}), 0), 0)::float8`

/** One statement over partial indexes: its cost depends on what is waiting, not on what was ever done. */
export async function readFacts(ctx: Context): Promise<Facts> {
  const now = ctx.clock.now()
  const [{ rows }, waiting, chores] = await Promise.all([
    sql<Numbers>`
      with overdue as (
        select count(*)::int as n, min(run_at) as oldest from (
          select run_at from tasks where status = 'queued' and not parked and kind = 'publish' and run_at < ${now}
          union all select run_at from tasks where status = 'queued' and parked and kind = 'publish' and run_at < ${now}
        ) late
      ), due as (
        select min(next_try_at) as oldest from deliveries where status = 'pending' and next_try_at < ${now}
      ), untold as (
        select created_at from events where (events.xid, events.seq) > (select xid, seq from event_fan_out) order by events.xid, events.seq limit 1
      )
      select
        (select count(*)::int from workers where polled_at > now() - interval '30 seconds') as workers,
        (select n from overdue) as "overduePosts",
        ${age(sql`(select oldest from overdue)`, now)} as "oldestOverduePostSeconds",
        (select count(*)::int from posts where status = 'preparing') as "preparingPosts",
        (select count(*)::int from tasks where status = 'unconfirmed') as "unconfirmedPosts",
        (select count(*)::int from deliveries where status = 'pending') as "pendingDeliveries",
        ${age(sql`(select oldest from due)`, now)} as "oldestOverdueDeliverySeconds",
        ${age(sql`(select created_at from untold)`, now)} as "oldestUntoldEventSeconds",
        (select count(*)::int from review_failures) as "stuckReviews"`.execute(ctx.db),
    queues(now).execute(ctx.db),
    readChores(ctx),
  ])
  const [numbers] = rows
  if (!numbers) throw new Error('a select without a from answers one row')
  return { ...numbers, queues: waiting.rows, chores }
}
