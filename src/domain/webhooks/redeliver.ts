import { sql } from 'kysely'
import { CroftError, invalid } from '../../kernel/errors.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'
import type { DeliveryRow, EndpointRow } from '../../kernel/rows.ts'
import { getDelivery, deliveryDetails, type DeliveryDetails } from './deliveries.ts'
import { getEndpoint, lockEndpoint } from './get-endpoint.ts'
import { enqueueTest } from './enqueue.ts'
import { writeDeliveries, type EventToDeliver } from './fan-out.ts'
import { markLaneDue, wakeLane } from './lanes.ts'

/** Events that one request may send again. */
const mostEvents = 10_000

function requireOn(endpoint: EndpointRow): void {
  if (endpoint.enabled) return
  throw new CroftError('invalid_state', 'The endpoint is switched off. Switch it on first.', {
    enabled: false,
    disabled_reason: endpoint.disabled_reason,
  })
}

/** A new round of tries; the tries so far stay in the log. */
const again = (tx: Tx) => ({
  status: 'pending' as const,
  next_try_at: tx.now,
  ended_at: null,
  tries_before: sql<number>`tries`,
})

/** Sends a delivery again, with the same `webhook-id`. @throws CroftError `delivery_not_found`, `invalid_state` where its endpoint is off */
export function redeliver(unit: UnitOfWork, id: string): Promise<DeliveryDetails> {
  const { teamId } = unit.caller
  return unit.commit(async (tx) => {
    const before = await getDelivery(tx.trx, teamId, id)
    if (before.endpoint_id !== null) requireOn(await getEndpoint(tx.trx, teamId, before.endpoint_id))
    const row = await tx.trx
      .updateTable('deliveries')
      .set(again(tx))
      .where('team_id', '=', teamId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await wakeLane(tx, row.lane)
    await markLaneDue(tx, row.lane, tx.now)
    await recordAudit(
      tx,
      'webhook_delivery.redeliver',
      `webhook_delivery:${id}`,
      { status: before.status },
      { status: row.status },
    )
    return deliveryDetails(tx.trx, row)
  })
}

/** What to send again: events from `since` until `until`, and of these only what never arrived where `undelivered` is set. */
export interface Period {
  since: Date
  until: Date | null
  undelivered: boolean
}

async function eventsOf(tx: Tx, endpoint: EndpointRow, { since, until }: Period): Promise<EventToDeliver[]> {
  const { rows } = await sql<EventToDeliver>`
    select team_id, id as event_id, type, data, created_at, ${endpoint.id}::uuid as endpoint_id, ${endpoint.url}::text as url
    from events
    where team_id = ${endpoint.team_id} and created_at >= ${since} and created_at < coalesce(${until}::timestamptz, 'infinity')
      and (${endpoint.events}::text[] is null or type = any(${endpoint.events}::text[]))
    order by xid, seq limit ${mostEvents + 1}`.execute(tx.trx)
  if (rows.length > mostEvents)
    throw invalid([
      { path: 'since', message: `more than ${mostEvents} events came since then; give an until, and go on from there` },
    ])
  return rows
}

/**
 * Sends an endpoint everything of a period again, what it was never sent included, as while it was switched off.
 * @returns how many deliveries @throws CroftError `endpoint_not_found`, `invalid_state`, `validation_error`
 */
export function redeliverSince(unit: UnitOfWork, endpointId: string, period: Period): Promise<{ count: number }> {
  const { teamId } = unit.caller
  return unit.commit(async (tx) => {
    const endpoint = await lockEndpoint(tx.trx, teamId, endpointId)
    requireOn(endpoint)
    const tellings = await eventsOf(tx, endpoint, period)
    const ids = tellings.map((one) => one.event_id)
    const sent = await sql`
      update deliveries set status = 'pending', next_try_at = ${tx.now}, ended_at = null, tries_before = tries
      where team_id = ${teamId} and endpoint_id = ${endpointId} and event_id = any(${ids}::uuid[])
        and (not ${period.undelivered} or status = 'failed')`.execute(tx.trx)
    const fresh = await writeDeliveries(tx.trx, tellings, tx.now)
    await wakeLane(tx, endpointId)
    await markLaneDue(tx, endpointId, tx.now)
    const count = Number(sent.numAffectedRows ?? 0n) + fresh
    await recordAudit(tx, 'webhook_endpoint.redeliver', `webhook_endpoint:${endpointId}`, null, {
      since: period.since.toISOString(),
      until: period.until?.toISOString() ?? null,
      count,
    })
    return { count }
  })
}

/** Sends an endpoint a test event. @throws CroftError `endpoint_not_found`, `invalid_state` where it is off */
export function sendTest(unit: UnitOfWork, endpointId: string): Promise<DeliveryRow> {
  return unit.commit(async (tx) => {
    const endpoint = await getEndpoint(tx.trx, unit.caller.teamId, endpointId)
    requireOn(endpoint)
    const row = await enqueueTest(tx, endpoint)
    await recordAudit(tx, 'webhook_endpoint.test', `webhook_endpoint:${endpointId}`, null, { delivery_id: row.id })
    return row
  })
}
