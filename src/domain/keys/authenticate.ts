import { sql } from 'kysely'
import type { KeyCaller } from '../../kernel/caller.ts'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { FoundIdentity } from '../../kernel/key-cache.ts'
import { findManagerByKey, noTeam } from '../../people/manager.ts'
import { hashOf, isWellFormed } from '../../kernel/key-secret.ts'

async function findTeamKey(ctx: Context, hash: Buffer): Promise<FoundIdentity | null> {
  const now = ctx.databaseClock.now()
  const row = await ctx.db
    .selectFrom('api_keys')
    .select(['team_id', 'id', 'scope', sql<number | null>`extract(epoch from expires_at - ${now})::float8 * 1000`.as('ms')])
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .executeTakeFirst()
  return row
    ? { identity: { kind: 'team_key', teamId: row.team_id, keyId: row.id, scope: row.scope }, expiresInMs: row.ms }
    : null
}

async function findManagerKey(ctx: Context, hash: Buffer): Promise<FoundIdentity | null> {
  const manager = await findManagerByKey(ctx.db, hash)
  return manager ? { identity: { kind: 'manager_key', teamId: noTeam, manager, scope: 'work' }, expiresInMs: null } : null
}

/** The caller of a key whose identity is kept, or null if {@link authenticate} must be asked. */
export function findKeptCaller(ctx: Context, keys: readonly string[], requestId: string): KeyCaller | null {
  const [key] = keys
  if (key === undefined || keys.length > 1) return null
  const identity = ctx.keys.find(hashOf(key).toString('latin1'))
  return identity && { ...identity, requestId }
}

/** Whose request it is. @throws CroftError `unauthorized` */
export async function authenticate(ctx: Context, keys: readonly string[], requestId: string): Promise<KeyCaller> {
  const [key] = keys
  if (key === undefined) throw new CroftError('unauthorized', 'Send your key as X-API-Key: KEY or as Authorization: Bearer KEY.')
  if (keys.some((other) => other !== key))
    throw new CroftError('unauthorized', 'X-API-Key and Authorization hold two different keys. Send one.')
  const hash = hashOf(key)
  const id = hash.toString('latin1')
  const load = () => ctx.keys.load(id, async () => (await findTeamKey(ctx, hash)) ?? findManagerKey(ctx, hash))
  const identity = ctx.keys.find(id) ?? (isWellFormed(key) ? await load() : null)
  if (!identity)
    throw new CroftError('unauthorized', 'The key is unknown, expired or revoked. Make one with: croft keys create --team NAME')
  return { ...identity, requestId }
}
