import { exampleOf } from './example.ts'

interface Media {
  schema?: object
  example?: unknown
}
interface Answer {
  description: string
  headers?: Record<string, { description: string; schema: object }>
  content?: Record<string, Media>
}
interface Operation {
  operationId?: string
  parameters?: object[]
  requestBody?: { required?: boolean; content: Record<string, Media> }
  responses: Record<string, Answer>
  security?: object[]
}
type Paths = Record<string, Record<string, Operation>>

const text = { type: 'string' }
const header = (name: string, description: string, schema: object = text) => ({
  in: 'header',
  name,
  description,
  required: false,
  schema,
})

const requestId = header('X-Request-Id', 'Kept, and sent back with the answer; made where it is left out.')
const writeHeaders = [
  header('Idempotency-Key', 'The same key and request within 24 h: the first answer again, and nothing done twice.', {
    type: 'string',
    minLength: 1,
    maxLength: 255,
  }),
  header('X-Dry-Run', '`true`: every check and the answer, no effect.', { type: 'string', enum: ['true', 'false'] }),
]

const says = (description: string, schema: object = text) => ({ description, schema })
const answered = { 'X-Request-Id': says('Finds the request in the server’s log.') }
const replayed = { 'Idempotent-Replayed': says('`true` where this is the first answer again.') }
const limited = { 'RateLimit-Policy': says('The limit.'), RateLimit: says('What is left of it, and until when.') }
const retryAfter = { 'Retry-After': says('Seconds to wait.', { type: 'integer' }) }

const codes: Readonly<Record<string, [code: string, message: string]>> = {
  400: ['malformed_json', 'The body is not JSON. Check it with a JSON validator.'],
  401: ['unauthorized', 'Send your key as X-API-Key: KEY or as Authorization: Bearer KEY.'],
  403: ['insufficient_scope', 'This route needs a key with the scope write; this key has read.'],
  404: ['not_found', 'There is nothing with this id. Check it, and the key: each team sees its own.'],
  409: ['invalid_state', 'This is not possible in the present state.'],
  413: ['payload_too_large', 'The body is larger than this route takes.'],
  415: ['unsupported_media_type', 'Send the Content-Type that this route takes.'],
  422: ['validation_error', 'title: is required'],
  429: ['rate_limited', 'More than 30 requests in a minute. Try again in 12 s.'],
  500: ['internal_error', 'Something went wrong on this server.'],
  502: ['driver_unavailable', 'The profile’s driver cannot take work. Nothing was queued.'],
  503: ['unavailable', 'The database cannot be reached just now. Nothing was changed.'],
  507: ['storage_full', 'There is no room to store this. Nothing was kept.'],
}

function errorExample(status: string): unknown {
  const [code = 'internal_error', message = ''] = codes[status] ?? []
  const details = status === '422' ? { details: [{ path: 'title', message: 'is required' }] } : {}
  return { error: { code, message, ...details }, request_id: '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b' }
}

const words = (path: string) => path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && word !== 'v1')

/** `PATCH /v1/farm-profiles/{profile_id}` is `patchFarmProfilesProfileId`: steady as long as the path is. */
const operationId = (method: string, path: string) =>
  method +
  words(path)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

function decorateAnswer(status: string, answer: Answer, traits: { write: boolean; limited: boolean }): void {
  const good = status.startsWith('2')
  answer.headers = {
    ...answered,
    ...(good && traits.write ? replayed : {}),
    ...(traits.limited && (good || status === '429') ? limited : {}),
    ...(status === '429' || status === '503' ? retryAfter : {}),
  }
  const json = answer.content?.['application/json']
  if (json?.schema && json.example === undefined) json.example = good ? exampleOf(json.schema) : errorExample(status)
}

/** Adds to a generated document what holds on every route: names, headers and an example of each body. */
export function decorate<T extends { paths?: object }>(document: T): T {
  for (const [path, methods] of Object.entries((document.paths ?? {}) as Paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const keyed = (operation.security ?? []).length > 0
      const traits = { write: keyed && method !== 'get' && !path.endsWith('/inspect'), limited: '429' in operation.responses }
      operation.operationId = operationId(method, path)
      operation.parameters = [...(operation.parameters ?? []), requestId, ...(traits.write ? writeHeaders : [])]
      for (const body of Object.values(operation.requestBody?.content ?? {}))
        if (body.schema) body.example ??= exampleOf(body.schema)
      for (const [status, answer] of Object.entries(operation.responses)) decorateAnswer(status, answer, traits)
    }
  }
  return document
}
