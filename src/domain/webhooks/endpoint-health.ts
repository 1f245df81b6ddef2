import { sql } from 'kysely'
import type { EndpointRow } from '../../kernel/rows.ts'
import { recordAudit, recordEvent } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { Answer } from './send.ts'

/** How long every try may fail before an endpoint is switched off, in milliseconds: 5 days. */
export const failingForMs = 5 * 86_400_000

/** Ends the pending deliveries of a disabled endpoint; they can be redelivered later. */
export async function endPending(tx: Tx, endpointId: string): Promise<void> {
  await tx.trx
    .updateTable('deliveries')
    .set({ status: 'failed', next_try_at: null, ended_at: tx.now })
    .where('team_id', '=', tx.caller.teamId)
    .where('endpoint_id', '=', endpointId)
    .where('status', '=', 'pending')
    .execute()
}

async function switchOff(tx: Tx, endpoint: EndpointRow, reason: 'failing' | 'gone', message: string): Promise<void> {
  const off = await tx.trx
    .updateTable('webhook_endpoints')
    .set({ enabled: false, disabled_reason: reason, updated_at: tx.now })
    .where('team_id', '=', endpoint.team_id)
    .where('id', '=', endpoint.id)
    .where('enabled', '=', true)
    .executeTakeFirst()
  if (off.numUpdatedRows === 0n) return
  await endPending(tx, endpoint.id)
  await recordEvent(tx, 'webhook_endpoint.disabled', { endpoint_id: endpoint.id, url: endpoint.url, reason, message })
  await recordAudit(
    tx,
    'webhook_endpoint.disable',
    `webhook_endpoint:${endpoint.id}`,
    { enabled: true },
    { enabled: false, disabled_reason: reason },
  )
}

/** A try succeeded: the days of failure start over. */
export async function recovered(tx: Tx, endpoint: EndpointRow): Promise<void> {
  if (endpoint.failing_since === null) return
  await tx.trx
    .updateTable('webhook_endpoints')
    .set({ failing_since: null })
    .where('team_id', '=', endpoint.team_id)
    .where('id', '=', endpoint.id)
    .execute()
}

/** A try failed: 410 switches the endpoint off at once, anything else after days without a success. */
export async function failingSince(tx: Tx, endpoint: EndpointRow, answer: Answer): Promise<void> {
  if (answer.status === 410) return switchOff(tx, endpoint, 'gone', 'The receiver answered 410 Gone.')
  const row = await tx.trx
    .updateTable('webhook_endpoints')
    .set({ failing_since: sql<Date>`coalesce(failing_since, ${tx.now})` })
    .where('team_id', '=', endpoint.team_id)
    .where('id', '=', endpoint.id)
    .returning('failing_since')
    .executeTakeFirst()
  const since = row?.failing_since
  if (since && tx.now.getTime() - since.getTime() >= failingForMs)
    await switchOff(tx, endpoint, 'failing', `Every try has failed since ${since.toISOString()}.`)
}
