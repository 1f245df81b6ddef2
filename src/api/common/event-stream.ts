import { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { CroftError, invalid } from '../../kernel/errors.ts'
import { positionOf, readEvents } from '../../domain/events/list.ts'
import { presentPosition, type Position } from '../../domain/events/order.ts'
import { openTail, type Subscription } from '../../domain/events/tail.ts'
import { watchKeys } from '../../domain/keys/watch.ts'
import type { EventRow } from '../../kernel/rows.ts'
import { isUuid } from '../../lib/ids.ts'
import type { App } from '../http/app.ts'
import { id } from '../http/shapes.ts'
import { eventType, presentEvent } from './event-shape.ts'

const streamsPerTeam = 10
const heartbeatMs = 15_000
const perRead = 100
/** How long a reader whose key has ended may take to read what was written for it. */
const endingMs = 1_000

const frame = (row: EventRow) => `id: ${row.id}\nevent: ${row.type}\ndata: ${JSON.stringify(presentEvent(row))}\n\n`

interface Reading {
  teamId: string
  from: Position
  types: string[] | undefined
  subscription: Subscription
  signal: AbortSignal
}

/** Reads on only when the client has received what was written: the generator is pulled. */
async function* frames(
  ctx: Context,
  { teamId, from, types, subscription: subscription, signal }: Reading,
): AsyncGenerator<string> {
  yield 'retry: 2000\n\n'
  let after = from
  while (!signal.aborted) {
    const page = await readEvents(ctx, teamId, { after, types, limit: perRead })
    after = page.end
    if (page.items.length > 0) yield page.items.map(frame).join('')
    if (page.hasMore) continue
    const woken = await subscription.next(heartbeatMs, signal)
    if (woken === 'nothing') yield ': still here\n\n'
  }
}

/** Where the stream begins: after the client's last event, else now. */
async function startOf(ctx: Context, teamId: string, header: unknown, after: string | undefined): Promise<Position> {
  const last = typeof header === 'string' && header !== '' ? header : after
  if (last === undefined) return presentPosition(ctx.db)
  if (!isUuid(last)) throw invalid([{ path: 'header.last-event-id', message: 'must be the id of an event' }])
  return positionOf(ctx, teamId, last)
}

/** `GET /v1/events/stream`: events as they happen, as server-sent events. */
export function eventStream(app: App, ctx: Context): void {
  const tail = openTail(ctx)
  const keys = watchKeys(ctx)
  const closing = new AbortController()
  const open = new Map<string, number>()
  const count = (teamId: string, by: 1 | -1) => {
    const now = (open.get(teamId) ?? 0) + by
    if (now === 0) open.delete(teamId)
    else open.set(teamId, now)
  }
  app.addHook('preClose', async () => {
    closing.abort()
    await Promise.all([tail.stop(), keys.stop()])
  })
  app.get(
    '/v1/events/stream',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Follow events as they happen',
        description: `Server-sent events: \`id\` is the event’s id, \`event\` its type, \`data\` the event as in \`GET /v1/events\`. Continues after \`Last-Event-ID\`, or after the event in \`after\`; otherwise starts now. Sends a comment every ${heartbeatMs / 1_000} s without an event. Ends when the key is revoked or expires. At most ${streamsPerTeam} streams per team and process.`,
        tags: ['Events'],
        headers: Type.Object({
          'last-event-id': Type.Optional(Type.String({ description: 'The id of the last event that was read.' })),
        }),
        querystring: Type.Object({ after: Type.Optional(id), type: Type.Optional(eventType) }, { additionalProperties: false }),
        response: {
          200: {
            description: 'The stream',
            content: { 'text/event-stream': { schema: Type.Unsafe<Readable>(Type.String()) } },
            headers: { 'Cache-Control': { type: 'string' }, 'X-Accel-Buffering': { type: 'string' } },
          },
        },
      },
      config: { errors: [404, 422, 429] },
    },
    async ({ caller, headers, query: { after, type } }, reply) => {
      const { teamId } = caller
      const from = await startOf(ctx, teamId, headers['last-event-id'], after)
      if ((open.get(teamId) ?? 0) >= streamsPerTeam)
        throw new CroftError(
          'too_many_streams',
          `The team has ${streamsPerTeam} streams open on this process. Close one first.`,
          {},
          5,
        )
      const gone = new AbortController()
      count(teamId, 1)
      const subscription = await tail.listen(teamId).catch((error: unknown) => {
        count(teamId, -1)
        throw error
      })
      const keyEnded = new AbortController()
      const signal = AbortSignal.any([gone.signal, closing.signal, keyEnded.signal])
      const types = type === undefined ? undefined : [type]
      const stream = Readable.from(frames(ctx, { teamId, from, types, subscription: subscription, signal }), { highWaterMark: 1 })
      const unwatch = keys.watch(caller, () => {
        keyEnded.abort()
        // A stream that has ended leaves open what its reader has not taken.
        setTimeout(() => reply.raw.writableFinished || reply.raw.destroy(), endingMs).unref()
      })
      stream.once('close', () => {
        subscription.close()
        unwatch()
        count(teamId, -1)
      })
      reply.raw.once('close', () => gone.abort())
      reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no').type('text/event-stream; charset=utf-8')
      return stream
    },
  )
}
