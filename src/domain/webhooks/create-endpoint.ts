import { newId } from '../../lib/ids.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { EndpointRow } from '../../kernel/rows.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { checkEndpoint, endpointFacts, type EndpointInput } from './endpoint-input.ts'
import { giveSecret } from './endpoint-secrets.ts'

/** Endpoints that a team may have. */
const most = 50

/**
 * Registers an endpoint, which receives the events that happen from now on. @throws CroftError `validation_error`,
 * `invalid_url`, `address_not_allowed`, `too_many_endpoints`
 */
export async function createEndpoint(unit: UnitOfWork, input: EndpointInput): Promise<{ row: EndpointRow; secret: string }> {
  const { ctx, caller } = unit
  checkEndpoint(ctx, input)
  return unit.commit(async (tx) => {
    await tx.trx.selectFrom('teams').select('id').where('id', '=', caller.teamId).forNoKeyUpdate().execute()
    const present = await tx.trx.selectFrom('webhook_endpoints').select('id').where('team_id', '=', caller.teamId).execute()
    if (present.length >= most)
      throw new CroftError('too_many_endpoints', `A team may have ${most} webhook endpoints. Delete one first.`)
    const row = await tx.trx
      .insertInto('webhook_endpoints')
      .values({ team_id: caller.teamId, id: newId(), ...input, enabled: true, created_at: tx.now, updated_at: tx.now })
      .returningAll()
      .executeTakeFirstOrThrow()
    const secret = await giveSecret(tx, row.id)
    await recordAudit(tx, 'webhook_endpoint.create', `webhook_endpoint:${row.id}`, null, endpointFacts(row))
    return { row, secret }
  })
}
