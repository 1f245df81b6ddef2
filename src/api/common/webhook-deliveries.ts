import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { getDelivery, listDeliveries, deliveryDetails } from '../../domain/webhooks/deliveries.ts'
import { getEndpoint } from '../../domain/webhooks/get-endpoint.ts'
import { redeliver, redeliverSince, sendTest } from '../../domain/webhooks/redeliver.ts'
import type { App } from '../http/app.ts'
import { id, instant, nullable, object, pageBody, pageOf, pageQuery, pageRequest, time } from '../http/shapes.ts'
import { deliveryShape, deliveryStatus, fullDeliveryShape, presentDelivery, presentFullDelivery } from './webhook-shapes.ts'

const tags = ['Webhooks']

/** What was sent where, the responses, and sending it again; for endpoints and for the webhooks of posts. */
export function webhookDeliveryRoutes(app: App, ctx: Context): void {
  app.get(
    '/v1/webhook-deliveries',
    {
      schema: {
        summary: 'List webhook deliveries, newest first',
        tags,
        querystring: pageQuery({
          endpoint_id: Type.Optional(id),
          event_id: Type.Optional(id),
          task_id: Type.Optional(id),
          status: Type.Optional(deliveryStatus),
        }),
        response: { 200: pageOf(deliveryShape) },
      },
      config: { errors: [422] },
    },
    async ({ caller, query }) => {
      const filter = { endpointId: query.endpoint_id, eventId: query.event_id, taskId: query.task_id, status: query.status }
      return pageBody(await listDeliveries(ctx, caller, pageRequest(query), filter), presentDelivery)
    },
  )
  const params = object({ delivery_id: id })
  app.get(
    '/v1/webhook-deliveries/:delivery_id',
    { schema: { summary: 'Get a webhook delivery with every try', tags, params, response: { 200: fullDeliveryShape } } },
    async ({ caller, params }) => {
      const { row, tries } = await deliveryDetails(ctx.db, await getDelivery(ctx.db, caller.teamId, params.delivery_id))
      return presentFullDelivery(row, tries)
    },
  )
  app.post(
    '/v1/webhook-deliveries/:delivery_id/redeliver',
    {
      schema: {
        summary: 'Send a webhook delivery again',
        description: 'With the same `webhook-id`, and a new round of tries.',
        tags,
        params,
        response: { 202: fullDeliveryShape },
      },
    },
    ({ params }, reply) =>
      reply.carryOut(
        (unit) => redeliver(unit, params.delivery_id),
        ({ row, tries }) => presentFullDelivery(row, tries),
      ),
  )
  ofEndpoint(app, ctx)
}

function ofEndpoint(app: App, ctx: Context): void {
  const params = object({ endpoint_id: id })
  app.get(
    '/v1/webhook-endpoints/:endpoint_id/deliveries',
    {
      schema: {
        summary: 'List the deliveries of a webhook endpoint, newest first',
        tags,
        params,
        querystring: pageQuery({ status: Type.Optional(deliveryStatus) }),
        response: { 200: pageOf(deliveryShape) },
      },
    },
    async ({ caller, params, query }) => {
      const endpoint = await getEndpoint(ctx.db, caller.teamId, params.endpoint_id)
      const page = await listDeliveries(ctx, caller, pageRequest(query), { endpointId: endpoint.id, status: query.status })
      return pageBody(page, presentDelivery)
    },
  )
  app.post(
    '/v1/webhook-endpoints/:endpoint_id/test',
    {
      schema: { summary: 'Send a webhook endpoint a test event', tags, params, response: { 202: deliveryShape } },
      config: { dryRun: { hides: ['delivery_id'] } },
    },
    ({ params }, reply) => reply.carryOut((unit) => sendTest(unit, params.endpoint_id), presentDelivery),
  )
  app.post(
    '/v1/webhook-endpoints/:endpoint_id/redeliver',
    {
      schema: {
        summary: 'Resend all events since a time to a webhook endpoint',
        description:
          'Includes events that it was never sent, for example while it was disabled. With `undelivered: true`, events that arrived are left out.',
        tags,
        params,
        body: object({ since: time, until: Type.Optional(nullable(time)), undelivered: Type.Optional(Type.Boolean()) }),
        response: { 202: object({ deliveries: Type.Integer() }) },
      },
    },
    ({ params, body: { since, until, undelivered = false } }, reply) =>
      reply.carryOut(
        (unit) =>
          redeliverSince(unit, params.endpoint_id, {
            since: instant(since, 'since'),
            until: until == null ? null : instant(until, 'until'),
            undelivered,
          }),
        ({ count }) => ({ deliveries: count }),
      ),
  )
}
