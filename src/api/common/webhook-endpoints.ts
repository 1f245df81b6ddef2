import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { createEndpoint } from '../../domain/webhooks/create-endpoint.ts'
import { findEndpoint, listEndpoints } from '../../domain/webhooks/find-endpoint.ts'
import { deleteEndpoint, rotateSecret, updateEndpoint } from '../../domain/webhooks/update-endpoint.ts'
import { readRoute, writeRoute } from '../http/route.ts'
import { id, nullable, object, pageBody, pageOf, pageQuery, pageRequest, url } from '../http/shapes.ts'
import { endpointShape, newEndpointShape, presentEndpoint } from './webhook-shapes.ts'

const events = nullable(
  Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 100, description: 'The types it receives; null: all.' }),
)
const description = nullable(Type.String({ maxLength: 200 }))
const changes = object({
  url: Type.Optional(url),
  events: Type.Optional(events),
  description: Type.Optional(description),
  enabled: Type.Optional(Type.Boolean()),
})
const example = {
  url: 'https://hooks.example.com/croft',
  events: ['post.published', 'post.failed'],
  description: 'The posting service',
}
const params = object({ endpoint_id: id })
const once = { secret: ['secret'], response: newEndpointShape } as const

const changesOf = (body: Static<typeof changes>) => ({
  ...(body.url === undefined ? {} : { url: body.url }),
  ...(body.events === undefined ? {} : { events: body.events }),
  ...(body.description === undefined ? {} : { description: body.description }),
  ...(body.enabled === undefined ? {} : { enabled: body.enabled }),
})

/** Where the team receives its events. */
export function webhookEndpointRoutes(app: FastifyInstance, ctx: Context): void {
  const common = { family: 'common', tag: 'Webhooks' } as const
  writeRoute(app, ctx, {
    ...common,
    ...once,
    method: 'POST',
    url: '/v1/webhook-endpoints',
    status: 201,
    summary: 'Register a webhook endpoint',
    description:
      'Standard Webhooks: `{type, timestamp, data}`, signed with `secret`, which is returned only once (a replay of the request returns null instead). `webhook-id` is `msg_` and the event’s id, the same for every try. Sent at least once; the order is not guaranteed.',
    body: object({ url, events: Type.Optional(events), description: Type.Optional(description) }),
    bodyExample: example,
    made: ['endpoint_id', 'secret'],
    write: (unit, { body }) =>
      createEndpoint(unit, { url: body.url, events: body.events ?? null, description: body.description ?? null }),
    present: (_, { row, secret }) => ({ ...presentEndpoint(row), secret }),
  })
  readRoute(app, ctx, {
    ...common,
    url: '/v1/webhook-endpoints',
    summary: 'List webhook endpoints, newest first',
    query: pageQuery({}),
    response: pageOf(endpointShape),
    read: async (_, caller, { query }) => pageBody(await listEndpoints(ctx, caller, pageRequest(query)), presentEndpoint),
  })
  const one = { ...common, params, url: '/v1/webhook-endpoints/:endpoint_id', response: endpointShape } as const
  readRoute(app, ctx, {
    ...one,
    summary: 'Get a webhook endpoint',
    read: async (_, { teamId }, input) => presentEndpoint(await findEndpoint(ctx.db, teamId, input.params.endpoint_id)),
  })
  writeRoute(app, ctx, {
    ...one,
    method: 'PATCH',
    summary: 'Change a webhook endpoint, or enable or disable it',
    description:
      'A disabled endpoint receives nothing, and its pending deliveries end as failed; once enabled, it receives the events that happen from then on.',
    body: changes,
    bodyExample: { events: example.events, enabled: true },
    write: (unit, input) => updateEndpoint(unit, input.params.endpoint_id, changesOf(input.body)),
    present: (_, row) => presentEndpoint(row),
  })
  writeRoute(app, ctx, {
    ...one,
    method: 'DELETE',
    summary: 'Delete a webhook endpoint',
    write: (unit, input) => deleteEndpoint(unit, input.params.endpoint_id),
    present: (_, row) => presentEndpoint(row),
  })
  writeRoute(app, ctx, {
    ...one,
    ...once,
    method: 'POST',
    url: '/v1/webhook-endpoints/:endpoint_id/rotate-secret',
    summary: 'Give a webhook endpoint a new secret',
    description: 'The current secret also signs for another 24 hours.',
    made: ['secret'],
    write: (unit, input) => rotateSecret(unit, input.params.endpoint_id),
    present: (_, { row, secret }) => ({ ...presentEndpoint(row), secret }),
  })
}
