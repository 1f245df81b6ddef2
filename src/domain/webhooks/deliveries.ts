import { isUuid } from '../../lib/ids.ts'
import type { Db, Trx } from '../../db/connect.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { afterId, toPage, type Page, type PageRequest } from '../../kernel/keyset-page.ts'
import type { DeliveryRow, DeliveryTryRow } from '../../kernel/rows.ts'

export interface DeliveryFilter {
  endpointId?: string | undefined
  eventId?: string | undefined
  taskId?: string | undefined
  status?: DeliveryRow['status'] | undefined
}

/** A delivery and every try that was made of it, the first one first. */
export interface DeliveryDetails {
  row: DeliveryRow
  tries: DeliveryTryRow[]
}

/** The team's deliveries, newest first. */
export async function listDeliveries(
  ctx: Context,
  { teamId }: Caller,
  page: PageRequest,
  filter: DeliveryFilter,
): Promise<Page<DeliveryRow>> {
  const after = afterId(page.cursor)
  let query = ctx.db.selectFrom('deliveries').selectAll().where('team_id', '=', teamId)
  if (filter.endpointId) query = query.where('endpoint_id', '=', filter.endpointId)
  if (filter.eventId) query = query.where('event_id', '=', filter.eventId)
  if (filter.taskId) query = query.where('task_id', '=', filter.taskId)
  if (filter.status) query = query.where('status', '=', filter.status)
  if (after) query = query.where('id', '<', after)
  const rows = await query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
  return toPage(rows, page.limit)
}

const missing = () =>
  new CroftError(
    'delivery_not_found',
    'There is no webhook delivery with this id. Check it, and the key: each team sees its own.',
  )

/** @throws CroftError `delivery_not_found`, the same for another team's as for none */
export async function getDelivery(db: Db | Trx, teamId: string, id: string): Promise<DeliveryRow> {
  const row =
    isUuid(id) &&
    (await db.selectFrom('deliveries').selectAll().where('team_id', '=', teamId).where('id', '=', id).executeTakeFirst())
  if (!row) throw missing()
  return row
}

/** Reads the tries of a delivery. */
export async function deliveryDetails(db: Db | Trx, row: DeliveryRow): Promise<DeliveryDetails> {
  const tries = await db
    .selectFrom('delivery_tries')
    .selectAll()
    .where('team_id', '=', row.team_id)
    .where('delivery_id', '=', row.id)
    .orderBy('n')
    .execute()
  return { row, tries }
}
