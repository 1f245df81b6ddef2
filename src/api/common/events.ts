import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { positionOf, readEvents } from '../../domain/events/list.ts'
import { beginning } from '../../domain/events/order.ts'
import type { App } from '../http/app.ts'
import { id, nullable, object } from '../http/shapes.ts'
import { eventShape, eventType, presentEvent } from './event-shape.ts'
import { eventStream } from './event-stream.ts'

/** Everything that happened in the team, in one order. */
export function eventRoutes(app: App, ctx: Context): void {
  app.get(
    '/v1/events',
    {
      schema: {
        summary: 'List events, oldest first',
        description:
          'To read on, set `after` to the last page’s `next_cursor`, which every page has: it is the id of the last event. Croft never inserts an event before one that it has returned.',
        tags: ['Events'],
        querystring: Type.Object(
          {
            after: Type.Optional(
              Type.String({ format: 'uuid', description: 'The id of an event; omitted: from the oldest event that is kept.' }),
            ),
            type: Type.Optional(eventType),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: object({ items: Type.Array(eventShape), has_more: Type.Boolean(), next_cursor: nullable(id) }) },
      },
      config: { errors: [404, 422] },
    },
    async ({ caller: { teamId }, query }) => {
      const after = query.after === undefined ? beginning : await positionOf(ctx, teamId, query.after)
      const types = query.type === undefined ? undefined : [query.type]
      const page = await readEvents(ctx, teamId, { after, types, limit: query.limit ?? 20 })
      const last = page.items.at(-1)?.id ?? query.after ?? null
      return { items: page.items.map(presentEvent), has_more: page.hasMore, next_cursor: last }
    },
  )
  eventStream(app, ctx)
}
