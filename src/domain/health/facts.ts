import { sql } from 'kysely'
import { readChores, type ChoreFacts } from '../../engine/chores/facts.ts'
import type { Context } from '../../kernel/context.ts'

/** The state of the work, for /readyz and /metrics. Ages in seconds. */
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

const age = (time: unknown, now: Date) =>
  sql<number>`greatest(coalesce(extract(epoch from ${now}::timestamptz - ${time}), 0), 0)::float8`

/** One statement over partial indexes: its cost depends on what is waiting, not on what was ever done. */
export async function readFacts(ctx: Context): Promise<Facts> {
  const now = ctx.clock.now()
  const [{ rows }, queues, chores] = await Promise.all([
    sql<Numbers>`
      with overdue as (
        select count(*)::int as n, min(run_at) as oldest from tasks where status = 'queued' and kind = 'publish' and run_at < ${now}
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
    ctx.queue.depth(),
    readChores(ctx),
  ])
  const [numbers] = rows
  if (!numbers) throw new Error('a select without a from returns one row')
  return { ...numbers, queues, chores }
}
