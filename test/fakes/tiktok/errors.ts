import { randomBytes } from 'node:crypto'
import { jsonReply, Refusal, type Call, type Reply } from '../common/calls.ts'
import type { Fault } from '../common/faults.ts'
import { toJson } from './json.ts'
import type { Endpoint } from './types.ts'

/** The status that goes with each error code of the API. */
export const statusOf = {
  invalid_param: 400,
  invalid_params: 400,
  app_version_check_failed: 400,
  // The documents name the codes of cancel without a status.
  publish_not_cancellable: 400,
  invalid_publish_id: 400,
  token_not_authorized_for_specified_publish_id: 403,
  access_token_invalid: 401,
  scope_not_authorized: 401,
  spam_risk_too_many_posts: 403,
  spam_risk_user_banned_from_posting: 403,
  spam_risk_too_many_pending_share: 403,
  reached_active_user_cap: 403,
  unaudited_client_can_only_post_to_private_accounts: 403,
  url_ownership_unverified: 403,
  privacy_level_option_mismatch: 403,
  rate_limit_exceeded: 429,
  internal_error: 500,
} as const
export type ErrorCode = keyof typeof statusOf

/** The error of the OAuth endpoints, which is flat. */
export type OAuthErrorCode = 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type'

const logId = (): string => `2026${randomBytes(12).toString('hex').toUpperCase()}`

const envelope = (status: number, data: object, code: string, message: string, headers: Record<string, string> = {}): Reply =>
  jsonReply(status, toJson({ data, error: { code, message, log_id: logId() } }), headers)

/** A successful reply of the API. */
export const okReply = (data: object): Reply => envelope(200, data, 'ok', '')

/** An error reply of the API. @param status differs from the code's own where an endpoint answers 200 on purpose */
export const errorReply = (code: ErrorCode, message: string, status: number = statusOf[code]): Reply =>
  envelope(status, {}, code, message)

export const refusal = (code: ErrorCode, message: string, status: number = statusOf[code]): Refusal =>
  new Refusal(errorReply(code, message, status))

/** An error reply of the OAuth endpoints. */
export const flatErrorReply = (status: number, error: string, description: string): Reply =>
  jsonReply(status, { error, error_description: description, log_id: logId() })

function codeOf(status: number): ErrorCode {
  if (status === 429) return 'rate_limit_exceeded'
  if (status === 401) return 'access_token_invalid'
  return status >= 500 || status < 400 ? 'internal_error' : 'invalid_param'
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(statusOf, code)

/** The reply for a fault that is switched on: flat for OAuth, without a body for uploads, the envelope for the rest. */
export function faultReply(
  endpoint: Endpoint,
  fault: Fault,
  uploadState: (call: Call) => Record<string, string>,
  call: Call,
): Reply {
  const given = fault.code === undefined ? null : String(fault.code)
  const status = fault.status ?? (given !== null && isErrorCode(given) ? statusOf[given] : 400)
  const message = fault.message ?? 'a fault that is switched on'
  if (endpoint === 'oauth/token' || endpoint === 'oauth/revoke') {
    return { ...flatErrorReply(status, given ?? (status >= 500 ? 'server_error' : 'invalid_request'), message) }
  }
  if (endpoint === 'upload') return { status, headers: { ...uploadState(call), ...fault.headers } }
  return envelope(status, {}, given ?? codeOf(status), message, fault.headers)
}
