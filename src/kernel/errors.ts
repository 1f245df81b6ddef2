import type { Json } from '../lib/json.ts'

/**
 * What went wrong, apart from any transport. `bad_value` is 422 in the farm and common families
 * and 400 in the accounts and portal families; the others have one status each.
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

/** Every error code. A code is never renamed or used again; docs/errors.md is this table. */
export const errorCodes = {
  malformed_json: code('malformed', 'The body is not JSON, or not UTF-8.'),
  malformed_request: code('malformed', 'The request could not be read, for a reason that the message gives.'),
  validation_error: code('bad_value', 'One or more values are missing, unknown or wrong; `details` names the first hundred.'),
  nothing_to_update: code('refused', 'The body names nothing to change.'),
  invalid_parameter: code('bad_value', 'A value that this account cannot take: another platform’s, or a TikTok username.'),
  invalid_image_ratio: code('bad_value', 'The profile picture is not square; the message has its size.'),
  name_change_restricted: code(
    'too_many',
    'The platform does not allow another name yet; `nextAllowedAt` tells when, or is null before any warm-up run.',
  ),
  profile_closed: code('refused', 'The profile is failed or deactivated and cannot be changed.'),
  unauthorized: code('unauthenticated', 'No key, an unknown, expired or revoked key, or two different keys.'),
  insufficient_scope: code('forbidden', 'The key does not have the scope that the route needs.'),
  not_found: code('missing', 'Nothing is here, or it belongs to another team.'),
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
  invalid_username: code('bad_value', 'A username of the portal family is not 1 to 24 letters, digits, periods and underscores.'),
  invalid_visible_name: code('bad_value', 'A display name of the portal family is blank or has more than 30 characters.'),
  biography_too_long: code('bad_value', 'A biography of the portal family has more than 80 characters.'),
  link_in_bio_instagram_only: code('bad_value', 'A link in the bio was given for a platform that takes none.'),
  invalid_status: code(
    'conflict',
    'The portal’s action is not allowed in the present status, which the error tells; what stands in the way of a publish is in `details`.',
  ),
  bundle_not_found: code('missing', 'No bundle of this team has the id.'),
  video_not_found: code('missing', 'The bundle has no video slot of this position.'),
  edit_request_not_found: code('missing', 'No edit request of this account has the id.'),
  SAVED_ACCOUNT_NOT_FOUND: code('missing', 'No account has the id.'),
  SAVED_ACCOUNT_NOT_OWNED: code('forbidden', 'The account belongs to another team.'),
  EDIT_REQUEST_NO_ACTIVE_ORDER: code('refused', 'The account has no active order.'),
  EDIT_REQUEST_NO_CM: code('refused', 'The manager of the account’s order is deactivated.'),
  EDIT_REQUEST_ALREADY_EXISTS: code('conflict', 'Another edit request of the account is not finished yet.'),
  INSUFFICIENT_CREDITS: code('unpaid', 'The balance is less than the work costs; nothing was ordered.'),
  idempotency_key_in_use: code('conflict', 'The first request with this Idempotency-Key is still running.'),
  idempotency_key_reused: code('bad_value', 'This Idempotency-Key was used for a different request.'),
  headers_too_large: code('too_large_head', 'The URL and headers are larger than the server takes.'),
  request_timeout: code('too_slow', 'The request did not arrive in time.'),
  payload_too_large: code('too_large', 'The body is larger than the route takes.'),
  unsupported_media_type: code('unsupported', 'The Content-Type is not the one that the route takes, or the body is compressed.'),
  rate_limited: code('too_many', 'Too many requests in a minute; `Retry-After` tells when to try again.'),
  too_many_streams: code('too_many', 'The team has as many event streams open as one server process allows; close one.'),
  too_many_endpoints: code('conflict', 'The team has as many webhook endpoints as it may; delete one.'),
  invalid_url: code('bad_value', 'A URL is malformed, or carries a user name or password.'),
  address_not_allowed: code('bad_value', 'A URL leads to an address that is not on the public internet.'),
  picture_unreachable: code('bad_value', 'The picture could not be fetched; the message says why.'),
  picture_not_an_image: code('bad_value', 'What the picture URL leads to is no JPEG, PNG, WebP or AVIF image.'),
  picture_too_large: code('bad_value', 'The picture has too many bytes or pixels.'),
  driver_unavailable: code('upstream', 'The profile’s driver is not configured or switched off; nothing was queued.'),
  storage_full: code('storage_full', 'There is no room to store the upload; nothing was kept.'),
  unavailable: code('unavailable', 'The database cannot be reached now.'),
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

/** More would make the answer to a hostile body larger than the body. */
const maxDetails = 100

/** The first `most` faults, and a last one that says how many more there are. */
export function capped(details: readonly Detail[], most = maxDetails): readonly Detail[] {
  if (details.length <= most) return details
  return [...details.slice(0, most), { path: '', message: `and ${details.length - most} more faults, not listed here` }]
}

/** All faults in one sentence. */
export const sentenceOf = (details: readonly Detail[]): string =>
  details.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')

/** An error that names the offending values, the first 100 of them. `code` where all of them share a more telling one. */
export function invalid(details: readonly Detail[], code: ErrorCode = 'validation_error'): CroftError {
  const kept = capped(details)
  return new CroftError(code, sentenceOf(kept), { details: kept })
}
