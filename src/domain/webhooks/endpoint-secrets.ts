import { randomBytes } from 'node:crypto'
import { newId } from '../../lib/ids.ts'
import type { Context } from '../../kernel/context.ts'
import type { EndpointRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

const overlapMs = 24 * 3_600_000
const written = (secret: Buffer): string => `whsec_${secret.toString('base64')}`

/** Gives an endpoint a secret; those it has go on signing for 24 h. @returns it as Standard Webhooks writes it */
export async function giveSecret(tx: Tx, endpointId: string): Promise<string> {
  const secret = randomBytes(32)
  await tx.trx
    .updateTable('webhook_endpoint_secrets')
    .set({ expires_at: new Date(tx.now.getTime() + overlapMs) })
    .where('team_id', '=', tx.caller.teamId)
    .where('endpoint_id', '=', endpointId)
    .where('expires_at', 'is', null)
    .execute()
  await tx.trx
    .insertInto('webhook_endpoint_secrets')
    .values({
      team_id: tx.caller.teamId,
      endpoint_id: endpointId,
      id: newId(),
      secret: tx.ctx.secrets.seal(secret),
      created_at: tx.now,
      expires_at: null,
    })
    .execute()
  return written(secret)
}

/** The secrets that sign for an endpoint now, newest first. */
export async function endpointSecrets(ctx: Context, endpoint: Pick<EndpointRow, 'team_id' | 'id'>): Promise<string[]> {
  const now = ctx.clock.now()
  const rows = await ctx.db
    .selectFrom('webhook_endpoint_secrets')
    .select(['secret', 'expires_at'])
    .where('team_id', '=', endpoint.team_id)
    .where('endpoint_id', '=', endpoint.id)
    .orderBy('id', 'desc')
    .execute()
  return rows.filter((row) => !row.expires_at || row.expires_at > now).map((row) => written(ctx.secrets.open(row.secret)))
}
