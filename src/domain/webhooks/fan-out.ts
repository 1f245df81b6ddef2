import { sql } from 'kysely'
import type { Trx } from '../../db/connect.ts'
import { newId } from '../../lib/ids.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Context } from '../../kernel/context.ts'
import { isAfter, settled, type Position } from '../events/order.ts'
import { eventBody } from './enqueue.ts'

/** Events that one transaction reads. */
export const batch = 500

/** An event and an endpoint that receives it. */
export interface EventToDeliver {
  team_id: string
  event_id: string
  type: string
  data: JsonObject
  created_at: Date
  endpoint_id: string
  url: string
}

/** Writes deliveries, and marks their lanes due. An event and endpoint that have one already keep it. @returns how many are new */
export async function writeDeliveries(trx: Trx, tellings: readonly EventToDeliver[], now: Date): Promise<number> {
  if (tellings.length === 0) return 0
  const rows = tellings.map((one) => ({
    team_id: one.team_id,
    id: newId(),
    endpoint_id: one.endpoint_id,
    event_id: one.event_id,
    lane: one.endpoint_id,
    type: one.type,
    url: one.url,
    body: eventBody(one.type, one.created_at, one.data),
    status: 'pending' as const,
    next_try_at: now,
    created_at: now,
  }))
  let written = 0n
  for (let at = 0; at < rows.length; at += batch) {
    const inserted = await trx
      .insertInto('deliveries')
      .values(rows.slice(at, at + batch))
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    written += inserted.numInsertedOrUpdatedRows ?? 0n
  }
  // In one order everywhere, so that two transactions cannot wait for each other.
  const lanes = [...new Map(rows.map((row) => [row.lane, row.team_id]))].sort(([a], [b]) => (a < b ? -1 : 1))
  await sql`
    insert into webhook_lanes as l (team_id, id, due_at)
    select *, ${now}::timestamptz from unnest(${lanes.map(([, team]) => team)}::uuid[], ${lanes.map(([lane]) => lane)}::text[])
    on conflict (team_id, id) do update set due_at = greatest(least(l.due_at, excluded.due_at), l.rest_until)`.execute(trx)
  return Number(written)
}

type Next = { end_xid: string; end_seq: number; read: number } & (EventToDeliver | { event_id: null })

/** The next events behind the cursor, each with the endpoints that are to hear of it: one row at least if there is any. */
async function next(trx: Trx, from: Position): Promise<Next[]> {
  const { rows } = await sql<Next>`
    with some_events as materialized (
      select * from events where ${isAfter(from)} and ${settled} order by events.xid, events.seq limit ${batch}
    ), last as (
      select xid::text as end_xid, seq as end_seq, (select count(*) from some_events) as read
      from some_events order by some_events.xid desc, seq desc limit 1
    )
    select last.*, found.* from last left join (
      select s.team_id, s.id as event_id, s.type, s.data, s.created_at, e.id as endpoint_id, e.url, s.xid, s.seq
      from some_events s join webhook_endpoints e on e.team_id = s.team_id and e.enabled and s.xid >= e.from_xid
        and (e.events is null or s.type = any(e.events))
    ) found on true
    order by found.xid, found.seq`.execute(trx)
  return rows
}

/** One step along the index, which the order makes the planner take. */
const anyBehind = sql`
  select from events where (events.xid, events.seq) > (select xid, seq from event_fan_out) and ${settled}
  order by events.xid, events.seq limit 1`

/** Whether there are events that have not been turned into deliveries yet. */
export const isBehind = async (ctx: Context): Promise<boolean> => (await anyBehind.execute(ctx.db)).rows.length > 0

/**
 * Turns events into deliveries to the endpoints that want them, in the events' order and behind a cursor that moves in
 * the same transaction: nothing is lost, and accepting a post pays nothing for it. One process at a time does it.
 * @returns how many events it read, {@link batch} at most; 0 too while another process is at it
 */
export function fanOut(ctx: Context): Promise<number> {
  return ctx.db.transaction().execute(async (trx) => {
    // Given to the next statement as a value: behind a subquery the planner guesses a third of all events, and scans the table.
    const cursor = await sql<Position>`select xid::text as xid, seq from event_fan_out for update skip locked`.execute(trx)
    const [from] = cursor.rows
    const found = from ? await next(trx, from) : []
    const [first] = found
    if (!first) return 0
    await writeDeliveries(
      trx,
      found.flatMap((one) => (one.event_id === null ? [] : [one])),
      ctx.clock.now(),
    )
    await sql`update event_fan_out set xid = ${first.end_xid}::xid8, seq = ${first.end_seq}`.execute(trx)
    return first.read
  })
}
