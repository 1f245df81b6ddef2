import type { Caller, Context } from '../context.ts'
import { CroftError } from '../errors.ts'
import { hashOf, isWellFormed } from './secret.ts'

/** Whose request it is. @throws CroftError `unauthorized` */
export async function authenticate(ctx: Context, keys: readonly string[], requestId: string): Promise<Caller> {
  const [key] = keys
  if (key === undefined) throw new CroftError('unauthorized', 'Send your key as X-API-Key: KEY or as Authorization: Bearer KEY.')
  if (keys.some((other) => other !== key))
    throw new CroftError('unauthorized', 'X-API-Key and Authorization hold two different keys. Send one.')
  const row =
    isWellFormed(key) &&
    (await ctx.db
      .selectFrom('api_keys')
      .select(['team_id', 'id', 'scope', 'expires_at', 'revoked_at'])
      .where('hash', '=', hashOf(key))
      .executeTakeFirst())
  if (!row || row.revoked_at || (row.expires_at && row.expires_at <= ctx.clock.now())) {
    throw new CroftError('unauthorized', 'The key is unknown, expired or revoked. Make one with: croft keys create --team NAME')
  }
  return { teamId: row.team_id, actor: `api_key:${row.id}`, scope: row.scope, requestId }
}
