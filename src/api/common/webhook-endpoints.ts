import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { createEndpoint } from '../../domain/webhooks/create-endpoint.ts'
import { getEndpoint, listEndpoints } from '../../domain/webhooks/get-endpoint.ts'
import { deleteEndpoint, rotateSecret, updateEndpoint } from '../../domain/webhooks/update-endpoint.ts'
import type { App } from '../http/app.ts'
import { id, nullable, object, pageBody, pageOf, pageQuery, pageRequest, url, withExample } from '../http/shapes.ts'
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
const tags = ['Webhooks']

const changesOf = (body: Static<typeof changes>) => ({
  ...(body.url === undefined ? {} : { url: body.url }),
  ...(body.events === undefined ? {} : { events: body.events }),
  ...(body.description === undefined ? {} : { description: body.description }),
  ...(body.enabled === undefined ? {} : { enabled: body.enabled }),
})

const presentWithSecret = ({ row, secret }: Awaited<ReturnType<typeof rotateSecret>>) => ({ ...presentEndpoint(row), secret })

/** Where the team receives its events. */
export function webhookEndpointRoutes(app: App, ctx: Context): void {
  app.post(
    '/v1/webhook-endpoints',
    {
      schema: {
        summary: 'Register a webhook endpoint',
        description:
          'Standard Webhooks: `{type, timestamp, data}`, signed with `secret`, which is returned only once (a replay of the request returns null instead). `webhook-id` is `msg_` and the event’s id, the same for every try. Sent at least once; the order is not guaranteed.',
        tags,
        body: withExample(object({ url, events: Type.Optional(events), description: Type.Optional(description) }), example),
        response: { 201: newEndpointShape },
      },
      config: { dryRun: { hides: ['endpoint_id', 'secret'] }, secret: ['secret'] },
    },
    ({ body: { url, events = null, description = null } }, reply) =>
      reply.carryOut((unit) => createEndpoint(unit, { url, events, description }), presentWithSecret),
  )
  app.get(
    '/v1/webhook-endpoints',
    {
      schema: {
        summary: 'List webhook endpoints, newest first',
        tags,
        querystring: pageQuery({}),
        response: { 200: pageOf(endpointShape) },
      },
    },
    async ({ caller, query }) => pageBody(await listEndpoints(ctx, caller, pageRequest(query)), presentEndpoint),
  )
  app.get(
    '/v1/webhook-endpoints/:endpoint_id',
    { schema: { summary: 'Get a webhook endpoint', tags, params, response: { 200: endpointShape } } },
    async ({ caller, params }) => presentEndpoint(await getEndpoint(ctx.db, caller.teamId, params.endpoint_id)),
  )
  app.patch(
    '/v1/webhook-endpoints/:endpoint_id',
    {
      schema: {
        summary: 'Change a webhook endpoint, or enable or disable it',
        description:
          'A disabled endpoint receives nothing, and its pending deliveries end as failed; once enabled, it receives the events that happen from then on.',
        tags,
        params,
        body: withExample(changes, { events: example.events, enabled: true }),
        response: { 200: endpointShape },
      },
    },
    ({ params, body }, reply) =>
      reply.carryOut((unit) => updateEndpoint(unit, params.endpoint_id, changesOf(body)), presentEndpoint),
  )
  app.delete(
    '/v1/webhook-endpoints/:endpoint_id',
    { schema: { summary: 'Delete a webhook endpoint', tags, params, response: { 200: endpointShape } } },
    ({ params }, reply) => reply.carryOut((unit) => deleteEndpoint(unit, params.endpoint_id), presentEndpoint),
  )
  app.post(
    '/v1/webhook-endpoints/:endpoint_id/rotate-secret',
    {
      schema: {
        summary: 'Give a webhook endpoint a new secret',
        description: 'The current secret also signs for another 24 hours.',
        tags,
        params,
        response: { 200: newEndpointShape },
      },
      config: { dryRun: { hides: ['secret'] }, secret: ['secret'] },
    },
    ({ params }, reply) => reply.carryOut((unit) => rotateSecret(unit, params.endpoint_id), presentWithSecret),
  )
}
