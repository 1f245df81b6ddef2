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

const requestId = header('X-Request-Id', 'Used for the response; generated if omitted.')
const writeHeaders = [
  header('Idempotency-Key', 'The same key and request within 24 h return the first response again, and nothing is done twice.', {
    type: 'string',
    minLength: 1,
    maxLength: 255,
  }),
  header('X-Dry-Run', '`true`: every check and the response, without any effect.', { type: 'string', enum: ['true', 'false'] }),
  header('X-TokPortal-Dry-Run', 'The same as `X-Dry-Run`, under the bundles’ vendor’s name.', {
    type: 'string',
    enum: ['true', 'false'],
  }),
]

const answerHeader = (description: string, schema: object = text) => ({ description, schema })
const answered = { 'X-Request-Id': answerHeader('Identifies the request in the server’s log.') }
const replayed = { 'Idempotent-Replayed': answerHeader('`true` if this is the first response again.') }
const retryAfter = { 'Retry-After': answerHeader('Seconds to wait.', { type: 'integer' }) }

const codes: Readonly<Record<string, [code: string, message: string]>> = {
  400: ['malformed_json', 'The body is not JSON. Check it with a JSON validator.'],
  401: ['unauthorized', 'Send your key as X-API-Key: KEY or as Authorization: Bearer KEY.'],
  402: [
    'INSUFFICIENT_CREDITS',
    'This costs 32 credits, and the balance is 10. Ask the operator of this server for more; nothing was ordered.',
  ],
  403: ['insufficient_scope', 'This route needs a key with the scope write; this key has read.'],
  404: ['not_found', 'No such thing has this id. Check it, and the key: each team sees its own.'],
  408: ['request_timeout', 'The body did not arrive in time. Send the request again.'],
  409: ['invalid_state', 'This is not possible in the current status.'],
  413: ['payload_too_large', 'The body is larger than this route accepts.'],
  415: ['unsupported_media_type', 'Send the Content-Type that this route accepts.'],
  422: ['validation_error', 'title: is required'],
  429: ['rate_limited', 'More than 30 requests in a minute. Try again in 12 s.'],
  500: ['internal_error', 'Something went wrong on this server.'],
  502: ['driver_unavailable', 'The profile’s driver cannot take work. Nothing was queued.'],
  503: ['unavailable', 'The database cannot be reached now. Try again in a moment.'],
  507: ['storage_full', 'There is no space to store this. Nothing was kept.'],
}

/** Further members of the error, next to code and message. */
const moreMembers: Readonly<Record<string, object>> = {
  402: { required: 32, available: 10, missing: 22 },
  403: { scope: 'read', needed: 'write' },
  422: { details: [{ path: 'title', message: 'is required' }] },
}

function errorExample(status: string): unknown {
  const [code = 'internal_error', message = ''] = codes[status] ?? []
  return { error: { code, message, ...moreMembers[status] }, request_id: '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b' }
}

const words = (path: string) => path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && word !== 'v1')

/** `PATCH /v1/farm-profiles/{profile_id}` is `patchFarmProfilesProfileId`: stable as long as the path is. */
const operationId = (method: string, path: string) =>
  method +
  words(path)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

/** With a 409 if the profile is in a maintenance run, or the Idempotency-Key is in use. */
const mayWait: readonly string[] = ['409', '429', '503']

function decorateAnswer(status: string, answer: Answer, write: boolean): void {
  const good = status.startsWith('2')
  answer.headers = {
    ...answered,
    ...answer.headers,
    ...(good && write ? replayed : {}),
    ...(mayWait.includes(status) ? retryAfter : {}),
  }
  const json = answer.content?.['application/json']
  if (json?.schema && json.example === undefined) json.example = good ? exampleOf(json.schema) : errorExample(status)
}

/** A schema's own example moves to where the reference displays it. */
function decorateBody(body: Media): void {
  if (!body.schema) return
  body.example ??= exampleOf(body.schema)
  const { example, ...schema } = body.schema as { example?: unknown }
  if (example !== undefined) body.schema = schema
}

/** Adds to a generated document what holds for every route: names, headers and an example of each body. */
export function decorate<T extends { paths?: object }>(document: T): T {
  for (const [path, methods] of Object.entries((document.paths ?? {}) as Paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const keyed = (operation.security ?? []).length > 0
      const write = keyed && method !== 'get' && !path.endsWith('/inspect')
      operation.operationId = operationId(method, path)
      operation.parameters = [...(operation.parameters ?? []), requestId, ...(write ? writeHeaders : [])]
      for (const body of Object.values(operation.requestBody?.content ?? {})) decorateBody(body)
      for (const [status, answer] of Object.entries(operation.responses)) decorateAnswer(status, answer, write)
    }
  }
  return document
}
