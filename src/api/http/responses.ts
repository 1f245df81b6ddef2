import { Type, type TSchema } from 'typebox'
import type { Family } from './errors.ts'

export type ErrorStatus = 400 | 401 | 402 | 403 | 404 | 408 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 507

/** The one error envelope. Some codes have members in addition to `code` and `message`. */
export const errorBody = Type.Object(
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

interface Traits {
  write: boolean
  params: boolean
  body: boolean
  limited: boolean
  more: readonly ErrorStatus[]
}

interface Answer {
  description: string
  content: Record<string, { schema: TSchema; example?: unknown }>
  headers?: Record<string, object>
}

/** On every answer of a limited route from the moment that the key is known. */
export const limitHeaders = {
  'RateLimit-Policy': { type: 'string', description: 'The limit.' },
  RateLimit: { type: 'string', description: 'What is left of it, and until when.' },
}
const beforeTheLimit: readonly ErrorStatus[] = [401, 403]

/** The error answers of a route, for the reference. */
export function errorResponses(family: Family, traits: Traits): Record<number, Answer> {
  const bad: ErrorStatus = family === 'accounts' || family === 'portal' ? 400 : 422
  const statuses = new Set<ErrorStatus>([401, 403, 500, 503, bad, ...traits.more])
  if (traits.params) for (const status of [400, 404] as const) statuses.add(status)
  if (traits.write) for (const status of [409, 422] as const) statuses.add(status)
  if (traits.write || traits.body) for (const status of [400, 408, 413, 415] as const) statuses.add(status)
  if (traits.limited) statuses.add(429)
  const answer = (status: ErrorStatus): Answer => ({
    description: says[status],
    content: { 'application/json': { schema: errorBody } },
    ...(traits.limited && !beforeTheLimit.includes(status) ? { headers: limitHeaders } : {}),
  })
  return Object.fromEntries([...statuses].sort().map((status) => [status, answer(status)]))
}
