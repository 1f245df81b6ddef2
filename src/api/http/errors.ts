import type { FastifyReply, FastifyRequest } from 'fastify'
import { CroftError, errorCodes, invalid, type ErrorKind } from '../../kernel/errors.ts'
import { StorageFullError } from '../../media/index.ts'
import { isDatabaseUnavailable } from '../../db/unavailable.ts'
import { faultsIn } from './faults.ts'

export type Family = 'farm' | 'accounts' | 'portal' | 'common'

const statuses: Record<ErrorKind, number> = {
  malformed: 400,
  bad_value: 422,
  refused: 400,
  unpaid: 402,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  too_large: 413,
  too_large_head: 431,
  too_slow: 408,
  unsupported: 415,
  too_many: 429,
  internal: 500,
  upstream: 502,
  unavailable: 503,
  storage_full: 507,
}

/** The HTTP status of an error in a route family: bad values are 422, but 400 where the family's page lists 400. */
export function statusOf(error: CroftError, family: Family): number {
  const { kind } = errorCodes[error.code]
  if (kind === 'bad_value' && error.code !== 'idempotency_key_reused' && (family === 'accounts' || family === 'portal'))
    return 400
  // Spec section 6: in the portal a name still in its pause is one more bad value.
  if (error.code === 'name_change_restricted' && family === 'portal') return 400
  return statuses[kind]
}

interface HttpError {
  code?: string
  statusCode?: number
  validation?: unknown
  message?: string
}

/** Says what any thrown value means to a caller. What Croft did not foresee becomes `internal_error`, with no word of its own. */
export function toCroftError(thrown: unknown): CroftError {
  if (thrown instanceof CroftError) return thrown
  if (thrown instanceof StorageFullError)
    return new CroftError('storage_full', 'There is no space to store this. Nothing was kept; ask the operator of this server.')
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as HttpError
  if (error.validation) return invalid(faultsIn(error))
  if (isDatabaseUnavailable(thrown))
    return new CroftError(
      'unavailable',
      'The database cannot be reached now. Try again in a moment; for a write use the same Idempotency-Key, since its effect may be stored.',
      {},
      5,
    )
  if (error.statusCode === 413)
    return new CroftError('payload_too_large', 'The body is larger than this route takes. Send large files to POST /v1/media.')
  if (error.statusCode === 415)
    return new CroftError(
      'unsupported_media_type',
      'Send the Content-Type that this route takes: application/json, or multipart/form-data for uploads.',
    )
  if (error.code === 'FST_ERR_CTP_EMPTY_JSON_BODY')
    return new CroftError('malformed_json', 'The body is empty. This route takes a JSON object.')
  if (thrown instanceof SyntaxError || error.code === 'FST_ERR_CTP_INVALID_JSON_BODY')
    return new CroftError('malformed_json', 'The body is not JSON. Check it with a JSON validator.')
  if (error.code === 'FST_ERR_BAD_URL')
    return new CroftError('malformed_request', 'The path holds a % that begins no percent-encoded character. Encode it as %25.')
  if (error.statusCode !== undefined && error.statusCode < 500)
    return new CroftError('malformed_request', error.message ?? 'The request could not be read.')
  return new CroftError(
    'internal_error',
    'Something went wrong on this server. Nothing half-done was kept. The request id finds the cause in its log.',
  )
}

/** Answers an error in the one envelope. */
export function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, family: Family): FastifyReply {
  const error = toCroftError(thrown)
  const status = statusOf(error, family)
  if (status >= 500) request.log.error({ err: thrown }, error.code)
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds))
  return reply
    .status(status)
    .type('application/json; charset=utf-8')
    .send({ error: { code: error.code, message: error.message, ...error.extra }, request_id: request.id })
}
