import type { Json } from '../lib/json.ts'

/**
 * What went wrong, independent of the transport. `bad_value` is 422 in the farm and common families and 400 in the
 * accounts and portal families; every other kind has one status.
 */
export type ErrorKind =
  | 'malformed'
  | 'bad_value'
  | 'refused'
  | 'unpaid'
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'too_large'
  | 'too_large_head'
  | 'too_slow'
  | 'unsupported'
  | 'too_many'
  | 'upstream'
  | 'unavailable'
  | 'storage_full'
  | 'internal'

const code = <K extends ErrorKind>(kind: K, when: string) => ({ kind, when })

/** Every error code. A code is never renamed or reused; docs/errors.md shows this table. */
export const errorCodes = {
  malformed_json: code('malformed', 'The body is not JSON, or not UTF-8.'),
  malformed_request: code('malformed', 'The request could not be read; the message gives the reason.'),
  validation_error: code('bad_value', 'One or more values are missing, unknown or invalid; `details` lists the first hundred.'),
  nothing_to_update: code('refused', 'The body names nothing to change.'),
  invalid_parameter: code('bad_value', 'The account cannot take this value: it is for another platform, or a TikTok username.'),
  invalid_image_ratio: code('bad_value', 'The profile picture is not square; the message has its size.'),
  name_change_restricted: code(
    'too_many',
    'The platform does not allow another name yet; `nextAllowedAt` is the time when it does, or null before any warm-up run.',
  ),
  profile_closed: code('refused', 'The profile is failed or deactivated and cannot be changed.'),
  unauthorized: code('unauthenticated', 'No key, an unknown, expired or revoked key, or two different keys.'),
  insufficient_scope: code('forbidden', 'The key does not have the scope that the route needs.'),
  not_found: code('missing', 'The route or thing does not exist, or belongs to another team.'),
  profile_not_found: code('missing', 'No profile of this team has the id.'),
  account_not_found: code('missing', 'No account of this team has the id.'),
  post_not_found: code('missing', 'No post of this team has the id.'),
  manager_not_found: code('missing', 'No active manager has the name.'),
  work_not_found: code('missing', 'No work that this manager may take has the id.'),
  phone_not_found: code('missing', 'No phone of this team has the id.'),
  task_not_found: code('missing', 'No task of this team has the id.'),
  api_key_not_found: code('missing', 'No key of this team has the id.'),
  media_not_found: code('missing', 'No media of this team has this address.'),
  event_not_found: code('missing', 'No event of this team has the id.'),
  endpoint_not_found: code('missing', 'No webhook endpoint of this team has the id.'),
  delivery_not_found: code('missing', 'No webhook delivery of this team has the id.'),
  username_taken: code('conflict', 'An active profile of this platform already has the username.'),
  profile_not_ready: code(
    'conflict',
    'The profile is not `ready`; the error has its status and, if known, the time when it will be ready.',
  ),
  cadence_exceeded: code(
    'conflict',
    'The pacing that the team enabled does not allow a post at this time; the error has the next free time.',
  ),
  invalid_state: code('conflict', 'The current state does not allow this action; the error has the state.'),
  invalid_username: code('bad_value', 'A username of the portal family is not 1 to 24 letters, digits, periods and underscores.'),
  invalid_visible_name: code('bad_value', 'A display name of the portal family is blank or has more than 30 characters.'),
  biography_too_long: code('bad_value', 'A biography of the portal family has more than 80 characters.'),
  link_in_bio_instagram_only: code('bad_value', 'A link in the bio was given for a platform that does not support one.'),
  invalid_status: code(
    'conflict',
    'The current status does not allow this action of the portal; the error has the status. For publishing, `details` lists what blocks it.',
  ),
  bundle_not_found: code('missing', 'No bundle of this team has the id.'),
  video_not_found: code('missing', 'The bundle has no video slot with this position.'),
  edit_request_not_found: code('missing', 'No edit request of this account has the id.'),
  SAVED_ACCOUNT_NOT_FOUND: code('missing', 'No account has the id.'),
  SAVED_ACCOUNT_NOT_OWNED: code('forbidden', 'The account belongs to another team.'),
  EDIT_REQUEST_NO_ACTIVE_ORDER: code('refused', 'The account has no active order.'),
  EDIT_REQUEST_NO_CM: code('refused', 'The manager of the account’s order is deactivated.'),
  EDIT_REQUEST_ALREADY_EXISTS: code('conflict', 'Another edit request of the account is still open.'),
  INSUFFICIENT_CREDITS: code('unpaid', 'The balance is less than the work costs; nothing was ordered.'),
  idempotency_key_in_use: code('conflict', 'The first request with this Idempotency-Key is still running.'),
  idempotency_key_reused: code('bad_value', 'This Idempotency-Key was used for a different request.'),
  headers_too_large: code('too_large_head', 'The URL and headers are larger than the server accepts.'),
  request_timeout: code('too_slow', 'The request did not arrive in time.'),
  payload_too_large: code('too_large', 'The body is larger than the route accepts.'),
  unsupported_media_type: code('unsupported', 'The route does not accept this Content-Type, or the body is compressed.'),
  rate_limited: code('too_many', 'Too many requests in a minute; `Retry-After` says when to try again.'),
  too_many_streams: code('too_many', 'The team has the maximum number of event streams open on one server process; close one.'),
  too_many_endpoints: code('conflict', 'The team has the maximum number of webhook endpoints; delete one.'),
  invalid_url: code('bad_value', 'A URL is malformed, or contains a user name or password.'),
  address_not_allowed: code('bad_value', 'A URL leads to an address that is not on the public internet.'),
  picture_unreachable: code('bad_value', 'The picture could not be downloaded; the message gives the reason.'),
  picture_not_an_image: code('bad_value', 'The picture URL does not return a JPEG, PNG, WebP or AVIF image.'),
  picture_too_large: code('bad_value', 'The picture has too many bytes or pixels.'),
  driver_unavailable: code('upstream', 'The driver of the profile is not configured or is disabled; nothing was queued.'),
  storage_full: code('storage_full', 'There is no space to store the upload; nothing was kept.'),
  unavailable: code('unavailable', 'The database cannot be reached at the moment.'),
  internal_error: code('internal', 'An internal fault of Croft; search the log for the request id.'),
} as const

export type ErrorCode = keyof typeof errorCodes

/** One invalid value: `path` as in the request (`title`, `query.limit`); `message` says what to do. */
export interface Detail {
  path: string
  message: string
}

/** A request that Croft rejects, or that it cannot carry out, for a reason that the caller can act on. */
export class CroftError extends Error {
  readonly code: ErrorCode
  readonly extra: Readonly<Record<string, Json | readonly Detail[]>>
  readonly retryAfterSeconds: number | undefined

  /** @param extra members of the error in addition to `code` and `message` */
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

/** More would make the response to a hostile body larger than the body. */
const maxDetails = 100

/** The first `most` faults, and a last one with the number of the rest. */
export function capped(details: readonly Detail[], most = maxDetails): readonly Detail[] {
  if (details.length <= most) return details
  return [...details.slice(0, most), { path: '', message: `and ${details.length - most} more faults, not listed here` }]
}

/** All faults in one sentence. */
export const sentenceOf = (details: readonly Detail[]): string =>
  details.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')

/** An error that names the first 100 invalid values. `code`: a more specific code, if all of them share one. */
export function invalid(details: readonly Detail[], code: ErrorCode = 'validation_error'): CroftError {
  const kept = capped(details)
  return new CroftError(code, sentenceOf(kept), { details: kept })
}
