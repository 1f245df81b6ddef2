import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { EventRow } from '../../kernel/rows.ts'
import { isAfter, settled, type Position } from './order.ts'

/** Some events of a team in their order. `end` is where to read on. */
export interface EventPage {
  items: EventRow[]
  hasMore: boolean
  end: Position
}

/** The position of one of the team's events. @throws CroftError `event_not_found`, also if it is older than events are kept */
export async function positionOf(ctx: Context, teamId: string, eventId: string): Promise<Position> {
  const row = await ctx.db
    .selectFrom('events')
    .select(['seq', sql<string>`xid::text`.as('xid')])
    .where('team_id', '=', teamId)
    .where('id', '=', eventId)
    .executeTakeFirst()
  if (!row)
    throw new CroftError(
      'event_not_found',
      'No event of this team has this id. Omit it to begin with the oldest event that is kept.',
    )
  return row
}

/** Reads on from a position; every committed event is returned exactly once, in an order that no later event breaks. */
export async function readEvents(
  ctx: Context,
  teamId: string,
  read: { after: Position; types?: readonly string[] | undefined; limit: number },
): Promise<EventPage> {
  let query = ctx.db
    .selectFrom('events')
    .select(['team_id', 'seq', 'id', 'type', 'data', 'created_at', sql<string>`xid::text`.as('xid')])
    .where('team_id', '=', teamId)
    .where(isAfter(read.after))
    .where(settled)
  if (read.types && read.types.length > 0) query = query.where('type', 'in', read.types)
  const rows = await query
    .orderBy('events.xid')
    .orderBy('seq')
    .limit(read.limit + 1)
    .execute()
  const items = rows.slice(0, read.limit)
  const last = items.at(-1)
  return { items, hasMore: rows.length > read.limit, end: last ? { xid: last.xid, seq: last.seq } : read.after }
}
