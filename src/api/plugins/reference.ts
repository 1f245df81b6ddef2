import type { FastifySchema, RouteOptions } from 'fastify'
import plugin from 'fastify-plugin'
import { Type, type TSchema } from 'typebox'
import { isWrite } from '../http/app.ts'
import type { Family } from '../http/errors.ts'
import { object } from '../http/shapes.ts'
import { orDryRun } from '../http/dry-answer.ts'

export type ErrorStatus = 400 | 401 | 402 | 403 | 404 | 408 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 507

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The errors that the route can answer, in addition to those of every route like it. */
    errors?: readonly ErrorStatus[]
  }
}

/** The one error envelope. Some codes have members in addition to `code` and `message`. */
const errorBody = Type.Object(
  {
    error: Type.Object(
      {
        code: Type.String(),
        message: Type.String(),
        details: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
      },
      { additionalProperties: true },
    ),
    request_id: Type.String(),
  },
  { additionalProperties: false },
)

const says: Record<ErrorStatus, string> = {
  400: 'The request could not be read, or asks for nothing',
  401: 'No valid key',
  402: 'Not enough credits',
  403: 'The key lacks the scope',
  404: 'Not here, or another team’s',
  408: 'The body did not arrive in time',
  409: 'Not possible in the present state',
  413: 'Too large',
  415: 'Not the Content-Type that this route takes',
  422: 'One or more bad values',
  429: 'Too many requests',
  500: 'A fault of the server',
  502: 'The driver is not available',
  503: 'The database cannot be reached',
  507: 'No space to store it',
}

/** An answer as the OpenAPI document describes it. */
interface Answer {
  description: string
  content: Record<string, { schema: TSchema; example?: unknown }>
  headers?: Record<string, object>
}

/** On every answer of a limited route from the moment that the key is known. */
const limitHeaders = {
  'RateLimit-Policy': { type: 'string', description: 'The limit.' },
  RateLimit: { type: 'string', description: 'What is left of it, and until when.' },
}
const beforeTheLimit: readonly ErrorStatus[] = [401, 403]

/** The error answers of a route. */
function errorsOf(route: RouteOptions, { params, body }: FastifySchema, family: Family): Record<number, Answer> {
  const write = isWrite(route)
  const limited = route.config?.limit !== undefined
  const bad: ErrorStatus = family === 'accounts' || family === 'portal' ? 400 : 422
  const statuses = new Set<ErrorStatus>([401, 403, 500, 503, bad, ...(route.config?.errors ?? [])])
  if (params !== undefined) for (const status of [400, 404] as const) statuses.add(status)
  if (write) for (const status of [409, 422] as const) statuses.add(status)
  if (write || body !== undefined) for (const status of [400, 408, 413, 415] as const) statuses.add(status)
  if (limited) statuses.add(429)
  const answer = (status: ErrorStatus): Answer => ({
    description: says[status],
    content: { 'application/json': { schema: errorBody } },
    ...(limited && !beforeTheLimit.includes(status) ? { headers: limitHeaders } : {}),
  })
  return Object.fromEntries([...statuses].sort().map((status) => [status, answer(status)]))
}

type GoodSchema = TSchema & { example?: unknown; description?: string }

/** The good answer of a route that answers JSON, from the plain schema that the route gives. */
function goodAnswer(route: RouteOptions, schema: GoodSchema, summary = ''): Answer {
  const { example, description = summary, ...shape } = schema
  const { limit, dryRun: { hides = [], members } = {} } = route.config ?? {}
  return {
    description,
    content: {
      'application/json': {
        schema: isWrite(route) ? orDryRun(shape, hides, members) : shape,
        ...(example === undefined ? {} : { example }),
      },
    },
    ...(limit === undefined ? {} : { headers: limitHeaders }),
  }
}

/** The query of a route that takes none: `?dry_run=true` is not ignored silently there either. */
const noQuery = object({})

/**
 * Completes the schemas of the context's routes: with the errors that follow from what the route is, with what a dry run
 * answers, and with a query that takes nothing unless the route has one.
 */
export const reference = plugin((app, _, done) => {
  app.addHook('onRoute', function (route) {
    const { schema = {} } = route
    const answers = Object.entries((schema.response ?? {}) as Record<string, TSchema | Answer>).map(([status, answer]) => [
      status,
      'content' in answer ? answer : goodAnswer(route, answer, schema.summary),
    ])
    route.schema = {
      ...schema,
      querystring: schema.querystring ?? noQuery,
      response: { ...Object.fromEntries(answers), ...errorsOf(route, schema, this.family) },
      security: [{ apiKey: [] }, { bearer: [] }],
    }
  })
  done()
})
