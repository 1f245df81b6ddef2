import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { findDelivery, listDeliveries, viewDelivery } from '../../domain/webhooks/deliveries.ts'
import { findEndpoint } from '../../domain/webhooks/find-endpoint.ts'
import { redeliver, redeliverSince, sendTest } from '../../domain/webhooks/redeliver.ts'
import { instant } from '../http/instant.ts'
import { readRoute, writeRoute } from '../http/route.ts'
import { id, nullable, object, pageBody, pageOf, pageQuery, pageRequest, time } from '../http/shapes.ts'
import { deliveryShape, deliveryStatus, fullDeliveryShape, presentDelivery, presentFullDelivery } from './webhook-shapes.ts'

const common = { family: 'common', tag: 'Webhooks' } as const

/** What was sent where, the responses, and sending it again; for endpoints and for the webhooks of posts. */
export function webhookDeliveryRoutes(app: FastifyInstance, ctx: Context): void {
  readRoute(app, ctx, {
    ...common,
    url: '/v1/webhook-deliveries',
    summary: 'List webhook deliveries, newest first',
    query: pageQuery({
      endpoint_id: Type.Optional(id),
      event_id: Type.Optional(id),
      task_id: Type.Optional(id),
      status: Type.Optional(deliveryStatus),
    }),
    response: pageOf(deliveryShape),
    errors: [422],
    read: async (_, caller, { query }) => {
      const filter = { endpointId: query.endpoint_id, eventId: query.event_id, taskId: query.task_id, status: query.status }
      return pageBody(await listDeliveries(ctx, caller, pageRequest(query), filter), presentDelivery)
    },
  })
  const one = { ...common, params: object({ delivery_id: id }), response: fullDeliveryShape } as const
  readRoute(app, ctx, {
    ...one,
    url: '/v1/webhook-deliveries/:delivery_id',
    summary: 'Get a webhook delivery with every try',
    read: async (_, { teamId }, { params }) => {
      const { row, tries } = await viewDelivery(ctx.db, await findDelivery(ctx.db, teamId, params.delivery_id))
      return presentFullDelivery(row, tries)
    },
  })
  writeRoute(app, ctx, {
    ...one,
    method: 'POST',
    url: '/v1/webhook-deliveries/:delivery_id/redeliver',
    status: 202,
    summary: 'Send a webhook delivery again',
    description: 'With the same `webhook-id`, and a new round of tries.',
    write: (unit, { params }) => redeliver(unit, params.delivery_id),
    present: (_, { row, tries }) => presentFullDelivery(row, tries),
  })
  ofEndpoint(app, ctx)
}

function ofEndpoint(app: FastifyInstance, ctx: Context): void {
  const of = { ...common, params: object({ endpoint_id: id }) } as const
  readRoute(app, ctx, {
    ...of,
    url: '/v1/webhook-endpoints/:endpoint_id/deliveries',
    summary: 'List the deliveries of a webhook endpoint, newest first',
    query: pageQuery({ status: Type.Optional(deliveryStatus) }),
    response: pageOf(deliveryShape),
    read: async (_, caller, { params, query }) => {
      const endpoint = await findEndpoint(ctx.db, caller.teamId, params.endpoint_id)
      const page = await listDeliveries(ctx, caller, pageRequest(query), { endpointId: endpoint.id, status: query.status })
      return pageBody(page, presentDelivery)
    },
  })
  writeRoute(app, ctx, {
    ...of,
    method: 'POST',
    url: '/v1/webhook-endpoints/:endpoint_id/test',
    status: 202,
    summary: 'Send a webhook endpoint a test event',
    response: deliveryShape,
    made: ['delivery_id'],
    write: (unit, { params }) => sendTest(unit, params.endpoint_id),
    present: (_, row) => presentDelivery(row),
  })
  writeRoute(app, ctx, {
    ...of,
    method: 'POST',
    url: '/v1/webhook-endpoints/:endpoint_id/redeliver',
    status: 202,
    summary: 'Resend all events since a time to a webhook endpoint',
    description:
      'Includes events that it was never sent, for example while it was disabled. With `undelivered: true`, events that arrived are left out.',
    body: object({
      since: time,
      until: Type.Optional(nullable(time)),
      undelivered: Type.Optional(Type.Boolean()),
    }),
    response: object({ deliveries: Type.Integer() }),
    write: (unit, { params, body }) =>
      redeliverSince(unit, params.endpoint_id, {
        since: instant(body.since, 'since'),
        until: body.until == null ? null : instant(body.until, 'until'),
        undelivered: body.undelivered ?? false,
      }),
    present: (_, { count }) => ({ deliveries: count }),
  })
}
