import { sql } from 'kysely'
import { CroftError } from '../../kernel/errors.ts'
import type { EndpointRow } from '../../kernel/rows.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { wakeLane } from './lanes.ts'
import { lockEndpoint } from './get-endpoint.ts'
import { endPending } from './endpoint-health.ts'
import { checkEndpoint, endpointFacts, type EndpointInput } from './endpoint-input.ts'
import { giveSecret } from './endpoint-secrets.ts'

export type EndpointChanges = Partial<EndpointInput> & { enabled?: boolean }

const switched = (enabled: boolean) =>
  enabled
    ? { enabled, disabled_reason: null, failing_since: null, from_xid: sql<string>`pg_current_xact_id()` }
    : { enabled, disabled_reason: 'team' as const }

/**
 * Changes an endpoint. A disabled endpoint receives nothing, and its pending deliveries end; once enabled, it receives
 * the events that happen from then on. @throws CroftError `endpoint_not_found`, `nothing_to_update`, or what is wrong
 * with a value
 */
export async function updateEndpoint(unit: UnitOfWork, id: string, changes: EndpointChanges): Promise<EndpointRow> {
  const { ctx, caller } = unit
  const { enabled, ...values } = changes
  if (Object.keys(changes).length === 0) throw new CroftError('nothing_to_update', 'Name at least one member to change.')
  checkEndpoint(ctx, values)
  return unit.commit(async (tx) => {
    const before = await lockEndpoint(tx.trx, caller.teamId, id)
    const turned = enabled !== undefined && enabled !== before.enabled
    const row = await tx.trx
      .updateTable('webhook_endpoints')
      .set({ ...values, ...(turned ? switched(enabled) : {}), updated_at: tx.now })
      .where('team_id', '=', caller.teamId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    if (turned && !enabled) await endPending(tx, id)
    if ((turned && enabled) || values.url !== undefined) await wakeLane(tx, id)
    await recordAudit(tx, 'webhook_endpoint.update', `webhook_endpoint:${id}`, endpointFacts(before), endpointFacts(row))
    return row
  })
}

/** Gives an endpoint a new secret; the current one also signs for another 24 h. @throws CroftError `endpoint_not_found` */
export function rotateSecret(unit: UnitOfWork, id: string): Promise<{ row: EndpointRow; secret: string }> {
  return unit.commit(async (tx) => {
    const row = await lockEndpoint(tx.trx, unit.caller.teamId, id)
    const secret = await giveSecret(tx, id)
    await recordAudit(tx, 'webhook_endpoint.rotate_secret', `webhook_endpoint:${id}`, null, { rotated: true })
    return { row, secret }
  })
}

/** Deletes an endpoint; what waits for it ends. @throws CroftError `endpoint_not_found` */
export function deleteEndpoint(unit: UnitOfWork, id: string): Promise<EndpointRow> {
  return unit.commit(async (tx) => {
    const row = await lockEndpoint(tx.trx, unit.caller.teamId, id)
    await endPending(tx, id)
    for (const [table, column] of [['webhook_lanes', 'id'] as const, ['webhook_endpoints', 'id'] as const])
      await tx.trx.deleteFrom(table).where('team_id', '=', unit.caller.teamId).where(column, '=', id).execute()
    await recordAudit(tx, 'webhook_endpoint.delete', `webhook_endpoint:${id}`, endpointFacts(row), null)
    return row
  })
}
