import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { invalid } from '../../kernel/errors.ts'
import { createKey, listKeys, revokeKey } from '../../domain/keys/keys.ts'
import type { ApiKeyRow } from '../../kernel/rows.ts'
import { instant } from '../http/instant.ts'
import { readRoute, writeRoute } from '../http/route.ts'
import { id, iso, nullable, object, oneOf, pageBody, pageOf, pageQuery, pageRequest, time } from '../http/shapes.ts'

const members = {
  api_key_id: id,
  name: nullable(Type.String()),
  scope: oneOf('read', 'write', 'work'),
  hint: Type.String({ description: 'The key’s first and last characters.' }),
  expires_at: nullable(time),
  revoked_at: nullable(time),
  created_at: time,
}
const keyShape = object(members)

const showKey = (row: ApiKeyRow) => ({
  api_key_id: row.id,
  name: row.name,
  scope: row.scope,
  hint: row.hint,
  expires_at: iso(row.expires_at),
  revoked_at: iso(row.revoked_at),
  created_at: row.created_at.toISOString(),
})

function expiry(ctx: Context, text: string | null | undefined): Date | null {
  if (text == null) return null
  const date = instant(text, 'expires_at')
  if (date <= ctx.clock.now()) throw invalid([{ path: 'expires_at', message: 'is past; it must be in the future' }])
  return date
}

/** Creating, listing and revoking the team's keys. */
export function apiKeyRoutes(app: FastifyInstance, ctx: Context): void {
  const common = { family: 'common', tag: 'API keys' } as const
  writeRoute(app, ctx, {
    ...common,
    method: 'POST',
    url: '/v1/api-keys',
    status: 201,
    summary: 'Create a key',
    description: '`key` is returned only once: Croft stores only its hash, and a replay of the request returns null instead.',
    body: object({
      name: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 100 }))),
      scope: Type.Optional(oneOf('read', 'write')),
      expires_at: Type.Optional(nullable(time)),
    }),
    response: object({ ...members, key: nullable(Type.String()) }),
    made: ['api_key_id', 'hint', 'key'],
    secret: ['key'],
    write: (unit, { body }) =>
      createKey(unit, { name: body.name ?? null, scope: body.scope ?? 'write', expiresAt: expiry(ctx, body.expires_at) }),
    present: (_, { row, key }) => ({ ...showKey(row), key }),
  })
  readRoute(app, ctx, {
    ...common,
    url: '/v1/api-keys',
    summary: 'List keys, newest first, including revoked ones',
    query: pageQuery({}),
    response: pageOf(keyShape),
    errors: [422],
    read: async (_, caller, { query }) => pageBody(await listKeys(ctx, caller, pageRequest(query)), showKey),
  })
  writeRoute(app, ctx, {
    ...common,
    method: 'DELETE',
    url: '/v1/api-keys/:api_key_id',
    summary: 'Revoke a key, at once and permanently',
    params: object({ api_key_id: id }),
    response: keyShape,
    write: (unit, { params }) => revokeKey(unit, params.api_key_id),
    present: (_, row) => showKey(row),
  })
}
