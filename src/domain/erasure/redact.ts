import { sql } from 'kysely'
import type { JsonObject } from '../../lib/json.ts'
import type { Context } from '../../kernel/context.ts'
import { eventBody } from '../webhooks/enqueue.ts'

/** Members of an event that name things or states and contain no personal data. All others are removed. */
const impersonal: readonly string[] = [
  'profile_id',
  'task_id',
  'account_id',
  'bundle_id',
  'edit_request_id',
  'bundle_type',
  'platform',
  'position',
  'status',
  'from',
  'to',
  'is_live',
  'execute_at',
  'maintenance',
]

const skeletonOf = (data: JsonObject): JsonObject => ({
  ...Object.fromEntries(Object.entries(data).filter(([name]) => impersonal.includes(name))),
  erased: true,
})

interface Found {
  id: string
  type: string
  data: JsonObject
  created_at: Date
  is: boolean
}

const page = 2_000

async function redactPage(
  ctx: Context,
  teamId: string,
  found: readonly Found[],
): Promise<{ events: number; deliveries: number }> {
  const changed = found.filter((one) => one.is).map((one) => ({ ...one, data: skeletonOf(one.data) }))
  if (changed.length === 0) return { events: 0, deliveries: 0 }
  const ids = changed.map(({ id }) => id)
  const data = changed.map((one) => JSON.stringify(one.data))
  const bodies = changed.map((one) => eventBody(one.type, one.created_at, one.data))
  return ctx.db.transaction().execute(async (trx) => {
    await sql`
      update events e set data = new.data::jsonb from unnest(${ids}::uuid[], ${data}::text[]) as new (id, data)
      where e.team_id = ${teamId} and e.id = new.id`.execute(trx)
    // Pending deliveries are sent without the erased data; delivered ones are deleted.
    await sql`
      update deliveries d set body = new.body from unnest(${ids}::uuid[], ${bodies}::text[]) as new (id, body)
      where d.team_id = ${teamId} and d.event_id = new.id and d.status = 'pending'`.execute(trx)
    const sent = await sql`
      with gone as (
        select id from deliveries where team_id = ${teamId} and event_id = any(${ids}::uuid[]) and status <> 'pending'
      ), tries as (
        delete from delivery_tries using gone where team_id = ${teamId} and delivery_id = gone.id
      )
      delete from deliveries using gone where team_id = ${teamId} and deliveries.id = gone.id`.execute(trx)
    return { events: changed.length, deliveries: Number(sent.numAffectedRows ?? 0n) }
  })
}

/**
 * Removes personal data from the team's events that name one of these ids, a page at a time. Their position in the
 * order stays.
 */
export async function redactEvents(
  ctx: Context,
  teamId: string,
  names: readonly string[],
): Promise<{ events: number; deliveries: number }> {
  const total = { events: 0, deliveries: 0 }
  const pattern = names.join('|')
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await sql<Found>`
      select id, type, data, created_at,
        type not like 'credits.%' and not data ? 'erased' and data::text ~ ${pattern} as is
      from events where team_id = ${teamId} and id > ${after} order by id limit ${page}`.execute(ctx.db)
    const done = await redactPage(ctx, teamId, rows)
    total.events += done.events
    total.deliveries += done.deliveries
    const last = rows.at(-1)
    if (!last || rows.length < page) return total
    after = last.id
  }
}
