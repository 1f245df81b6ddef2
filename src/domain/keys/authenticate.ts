import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { findManagerByKey, noTeam } from '../../people/manager.ts'
import { hashOf, isWellFormed } from '../../kernel/key-secret.ts'

async function teamKey(ctx: Context, hash: Buffer, requestId: string): Promise<Caller | null> {
  const row = await ctx.db
    .selectFrom('api_keys')
    .select(['team_id', 'id', 'scope'])
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', ctx.databaseClock.now())]))
    .executeTakeFirst()
  if (!row) return null
  return { teamId: row.team_id, actor: `api_key:${row.id}`, scope: row.scope, requestId }
}

async function managerKey(ctx: Context, hash: Buffer, requestId: string): Promise<Caller | null> {
  const manager = await findManagerByKey(ctx.db, hash)
  return manager && { teamId: noTeam, actor: `manager:${manager.id}`, scope: 'work', requestId, manager }
}

/** Whose request it is. @throws CroftError `unauthorized` */
export async function authenticate(ctx: Context, keys: readonly string[], requestId: string): Promise<Caller> {
  const [key] = keys
  if (key === undefined) throw new CroftError('unauthorized', 'Send your key as X-API-Key: KEY or as Authorization: Bearer KEY.')
  if (keys.some((other) => other !== key))
    throw new CroftError('unauthorized', 'X-API-Key and Authorization hold two different keys. Send one.')
  const hash = isWellFormed(key) ? hashOf(key) : null
  const caller = hash && ((await teamKey(ctx, hash, requestId)) ?? (await managerKey(ctx, hash, requestId)))
  if (!caller)
    throw new CroftError('unauthorized', 'The key is unknown, expired or revoked. Make one with: croft keys create --team NAME')
  return caller
}
