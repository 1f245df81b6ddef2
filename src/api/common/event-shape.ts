import { Type, type Static } from 'typebox'
import { eventNames } from '../../kernel/event-types.ts'
import type { EventRow } from '../../kernel/rows.ts'
import { id, object, oneOf, time } from '../http/shapes.ts'

export const eventType = oneOf(...eventNames)
export const eventShape = object({
  event_id: id,
  type: Type.String(),
  data: Type.Object({}, { additionalProperties: true }),
  created_at: time,
})

/** An event as clients see it. */
export const presentEvent = (row: EventRow): Static<typeof eventShape> => ({
  event_id: row.id,
  type: row.type,
  data: row.data,
  created_at: row.created_at.toISOString(),
})
