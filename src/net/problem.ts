/** What can go wrong with an outgoing request. `docs` and the callers' error maps are compared with this list. */
export const fetchProblemCodes = [
  'invalid_url',
  'url_not_https',
  'address_not_allowed',
  'host_not_found',
  'connection_failed',
  'tls_failed',
  'timeout',
  'too_slow',
  'too_large',
  'too_many_redirects',
  'body_truncated',
] as const

export type FetchProblemCode = (typeof fetchProblemCodes)[number]

/** Why a guarded request failed. The message is for the person who gave the URL; it never contains the URL's path or query. */
export class FetchProblem extends Error {
  override readonly name = 'FetchProblem'
  readonly code: FetchProblemCode
  /** True if the same request may work later: time limits, resets, a resolver that did not answer. */
  readonly retryable: boolean

  constructor(code: FetchProblemCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
  }
}
