import { randomBytes } from 'node:crypto'
import { newId } from '../../lib/ids.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'
import type { Context } from '../../kernel/context.ts'

const overlapMs = 24 * 3_600_000
const written = (secret: Buffer): string => `whsec_${secret.toString('base64')}`

async function newSecret(tx: Tx): Promise<string> {
  const secret = randomBytes(32)
  const row = {
    team_id: tx.caller.teamId,
    id: newId(),
    secret: tx.ctx.secrets.seal(secret),
    created_at: tx.now,
    expires_at: null,
  }
  await tx.trx.insertInto('webhook_secrets').values(row).execute()
  return written(secret)
}

/** The secrets that sign now, newest first: after a rotation the old one also signs for 24 h. */
export async function signingSecrets(ctx: Context, teamId: string): Promise<string[]> {
  const rows = await ctx.db
    .selectFrom('webhook_secrets')
    .selectAll()
    .where('team_id', '=', teamId)
    .orderBy('id', 'desc')
    .execute()
  const now = ctx.clock.now()
  return rows.filter((row) => !row.expires_at || row.expires_at > now).map((row) => written(ctx.secrets.open(row.secret)))
}

/**
 * The team's webhook secret, `whsec_` and base64 as Standard Webhooks writes it; made at the first call.
 * @param rotate makes a new one; the present one goes on signing for 24 h
 */
export function webhookSecret(unit: UnitOfWork, { rotate }: { rotate: boolean }): Promise<string> {
  const { ctx, caller } = unit
  return unit.commit(async (tx) => {
    await tx.trx.selectFrom('teams').select('id').where('id', '=', caller.teamId).forNoKeyUpdate().execute()
    const current = await tx.trx
      .selectFrom('webhook_secrets')
      .selectAll()
      .where('team_id', '=', caller.teamId)
      .where('expires_at', 'is', null)
      .executeTakeFirst()
    if (current && !rotate) return written(ctx.secrets.open(current.secret))
    if (current) {
      const expires = new Date(tx.now.getTime() + overlapMs)
      await tx.trx
        .updateTable('webhook_secrets')
        .set({ expires_at: expires })
        .where('team_id', '=', caller.teamId)
        .where('id', '=', current.id)
        .execute()
    }
    await recordAudit(tx, 'webhook_secret.create', `team:${caller.teamId}`, null, { rotated: current !== undefined })
    return newSecret(tx)
  })
}

/** Makes the team's first secret where it has none, so that what it hears of is signed from the first day. */
export async function ensureSecret(tx: Tx): Promise<void> {
  const found = await tx.trx
    .selectFrom('webhook_secrets')
    .select('id')
    .where('team_id', '=', tx.caller.teamId)
    .where('expires_at', 'is', null)
    .executeTakeFirst()
  if (!found) await newSecret(tx)
}
