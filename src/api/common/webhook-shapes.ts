import { Type, type Static } from 'typebox'
import type { DeliveryRow, DeliveryTryRow, EndpointRow } from '../../kernel/rows.ts'
import { webhookId } from '../../domain/webhooks/deliver.ts'
import { id, iso, nullable, object, oneOf, time } from '../http/shapes.ts'

export const endpointMembers = {
  endpoint_id: id,
  url: Type.String(),
  events: nullable(Type.Array(Type.String())),
  description: nullable(Type.String()),
  enabled: Type.Boolean(),
  disabled_reason: nullable(oneOf('team', 'failing', 'gone')),
  failing_since: nullable(time),
  created_at: time,
  updated_at: time,
}
export const endpointShape = object(endpointMembers)
/** With the secret, which is returned only once. */
export const newEndpointShape = object({ ...endpointMembers, secret: nullable(Type.String()) })

/** An endpoint as clients see it. */
export const presentEndpoint = (row: EndpointRow): Static<typeof endpointShape> => ({
  endpoint_id: row.id,
  url: row.url,
  events: row.events,
  description: row.description,
  enabled: row.enabled,
  disabled_reason: row.disabled_reason,
  failing_since: iso(row.failing_since),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

export const deliveryStatus = oneOf('pending', 'delivered', 'failed')
const deliveryMembers = {
  delivery_id: id,
  endpoint_id: nullable(id),
  event_id: nullable(id),
  task_id: nullable(id),
  type: Type.String(),
  status: deliveryStatus,
  tries: Type.Integer(),
  next_try_at: nullable(time),
  created_at: time,
  ended_at: nullable(time),
}
export const deliveryShape = object(deliveryMembers)

/** A delivery in a list. */
export const presentDelivery = (row: DeliveryRow): Static<typeof deliveryShape> => ({
  delivery_id: row.id,
  endpoint_id: row.endpoint_id,
  event_id: row.event_id,
  task_id: row.task_id,
  type: row.type,
  status: row.status,
  tries: row.tries,
  next_try_at: iso(row.next_try_at),
  created_at: row.created_at.toISOString(),
  ended_at: iso(row.ended_at),
})

export const fullDeliveryShape = object({
  ...deliveryMembers,
  request: object({ url: Type.String(), webhook_id: Type.String(), body: Type.String() }),
  log: Type.Array(
    object({
      try: Type.Integer(),
      status: nullable(Type.Integer()),
      response: nullable(Type.String({ description: 'The first 2,048 characters of the response.' })),
      error: nullable(Type.String({ description: 'Why there was no response.' })),
      duration_ms: Type.Integer(),
      created_at: time,
    }),
  ),
})

/** A delivery with what was sent, and the result of each try. */
export const presentFullDelivery = (row: DeliveryRow, tries: readonly DeliveryTryRow[]): Static<typeof fullDeliveryShape> => ({
  ...presentDelivery(row),
  request: { url: row.url, webhook_id: webhookId(row), body: row.body },
  log: tries.map((one) => ({
    try: one.n,
    status: one.status,
    response: one.response,
    error: one.error,
    duration_ms: one.duration_ms,
    created_at: one.created_at.toISOString(),
  })),
})
