import type { Json } from '../lib/json.ts'

/**
 * What went wrong, apart from any transport. `bad_value` is 422 in the farm and common families
 * and 400 in the accounts and portal families; the others have one status each.
 */
export type ErrorKind =
  | 'malformed'
  | 'bad_value'
  | 'refused'
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'too_large'
  | 'unsupported'
  | 'too_many'
  | 'upstream'
  | 'unavailable'
  | 'storage_full'
  | 'internal'

const code = <K extends ErrorKind>(kind: K, when: string) => ({ kind, when })

/** Every error code. A code is never renamed or used again; docs/errors.md is this table. */
export const errorCodes = {
  malformed_json: code('malformed', 'The body is not JSON.'),
  malformed_request: code('malformed', 'The request could not be read, for a reason that the message gives.'),
  validation_error: code('bad_value', 'One or more values are missing, unknown or wrong; `details` names every one.'),
  nothing_to_update: code('refused', 'The body names nothing to change.'),
  profile_closed: code('refused', 'The profile is failed or deactivated and cannot be changed.'),
  unauthorized: code('unauthenticated', 'No key, an unknown, expired or revoked key, or two different keys.'),
  insufficient_scope: code('forbidden', 'The key does not have the scope that the route needs.'),
  not_found: code('missing', 'Nothing is here, or it belongs to another team.'),
  profile_not_found: code('missing', 'No profile of this team has the id.'),
  post_not_found: code('missing', 'No post of this team has the id.'),
  task_not_found: code('missing', 'No task of this team has the id.'),
  api_key_not_found: code('missing', 'No key of this team has the id.'),
  media_not_found: code('missing', 'No media of this team has this address.'),
  event_not_found: code('missing', 'No event of this team has the id.'),
  endpoint_not_found: code('missing', 'No webhook endpoint of this team has the id.'),
  delivery_not_found: code('missing', 'No webhook delivery of this team has the id.'),
  username_taken: code('conflict', 'A living profile of this platform already has the username.'),
  profile_not_ready: code(
    'conflict',
    'The profile is not `ready`; the error tells its status and, where known, when it will be.',
  ),
  cadence_exceeded: code(
    'conflict',
    'The pacing that the team switched on leaves no room at this time; the error tells the next free one.',
  ),
  invalid_state: code('conflict', 'The action is not allowed in the present state, which the error tells.'),
  idempotency_key_in_use: code('conflict', 'The first request with this Idempotency-Key is still running.'),
  idempotency_key_reused: code('bad_value', 'This Idempotency-Key was used for a different request.'),
  payload_too_large: code('too_large', 'The body is larger than the route takes.'),
  unsupported_media_type: code('unsupported', 'The Content-Type is not the one that the route takes.'),
  rate_limited: code('too_many', 'Too many requests in a minute; `Retry-After` tells when to try again.'),
  too_many_streams: code('too_many', 'The team has as many event streams open as one server process allows; close one.'),
  too_many_endpoints: code('conflict', 'The team has as many webhook endpoints as it may; delete one.'),
  invalid_url: code('bad_value', 'A URL is malformed, or carries a user name or password.'),
  address_not_allowed: code('bad_value', 'A URL leads to an address that is not on the public internet.'),
  picture_unreachable: code('bad_value', 'The picture could not be fetched; the message says why.'),
  picture_not_an_image: code('bad_value', 'What the picture URL leads to is no JPEG, PNG, WebP, AVIF or GIF image.'),
  picture_too_large: code('bad_value', 'The picture has too many bytes or pixels.'),
  driver_unavailable: code('upstream', 'The profile’s driver is not configured or switched off; nothing was queued.'),
  storage_full: code('storage_full', 'There is no room to store the upload; nothing was kept.'),
  unavailable: code('unavailable', 'The database cannot be reached just now; nothing was changed.'),
  internal_error: code('internal', 'A fault of Croft’s own; the request id finds it in the log.'),
} as const

export type ErrorCode = keyof typeof errorCodes

/** One offending value: `path` as in the request (`title`, `query.limit`), `message` what to do. */
export interface Detail {
  path: string
  message: string
}

/** A request that Croft refuses, or a thing it cannot do, for a reason that a caller can act on. */
export class CroftError extends Error {
  readonly code: ErrorCode
  readonly extra: Readonly<Record<string, Json | readonly Detail[]>>
  readonly retryAfterSeconds: number | undefined

  /** @param extra members that stand beside `code` and `message` in the error */
  constructor(
    errorCode: ErrorCode,
    message: string,
    extra: Record<string, Json | readonly Detail[]> = {},
    retryAfterSeconds?: number,
  ) {
    super(message)
    this.code = errorCode
    this.extra = extra
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** An error that names every offending value at once. `code` where all of them share a more telling one. */
export function invalid(details: readonly Detail[], code: ErrorCode = 'validation_error'): CroftError {
  const message = details.map((detail) => (detail.path ? `${detail.path}: ${detail.message}` : detail.message)).join('; ')
  return new CroftError(code, message, { details })
}
