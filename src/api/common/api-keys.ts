import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { invalid } from '../../kernel/errors.ts'
import { createKey, listKeys, revokeKey } from '../../domain/keys/keys.ts'
import type { ApiKeyRow } from '../../kernel/rows.ts'
import type { App } from '../http/app.ts'
import { id, instant, iso, nullable, object, oneOf, pageBody, pageOf, pageQuery, pageRequest, time } from '../http/shapes.ts'

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

const presentKey = (row: ApiKeyRow) => ({
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

const tags = ['API keys']

/** Creating, listing and revoking the team's keys. */
export function apiKeyRoutes(app: App, ctx: Context): void {
  app.post(
    '/v1/api-keys',
    {
      schema: {
        summary: 'Create a key',
        description: '`key` is returned only once: Croft stores only its hash, and a replay of the request returns null instead.',
        tags,
        body: object({
          name: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 100 }))),
          scope: Type.Optional(oneOf('read', 'write')),
          expires_at: Type.Optional(nullable(time)),
        }),
        response: { 201: object({ ...members, key: nullable(Type.String()) }) },
      },
      config: { dryRun: { hides: ['api_key_id', 'hint', 'key'] }, secret: ['key'] },
    },
    ({ body: { name = null, scope = 'write', expires_at } }, reply) =>
      reply.carryOut(
        (unit) => createKey(unit, { name, scope, expiresAt: expiry(ctx, expires_at) }),
        ({ row, key }) => ({ ...presentKey(row), key }),
      ),
  )
  app.get(
    '/v1/api-keys',
    {
      schema: {
        summary: 'List keys, newest first, including revoked ones',
        tags,
        querystring: pageQuery({}),
        response: { 200: pageOf(keyShape) },
      },
      config: { errors: [422] },
    },
    async ({ caller, query }) => pageBody(await listKeys(ctx, caller, pageRequest(query)), presentKey),
  )
  app.delete(
    '/v1/api-keys/:api_key_id',
    {
      schema: {
        summary: 'Revoke a key, at once and permanently',
        tags,
        params: object({ api_key_id: id }),
        response: { 200: keyShape },
      },
    },
    ({ params }, reply) => reply.carryOut((unit) => revokeKey(unit, params.api_key_id), presentKey),
  )
}
