import type { Deadline } from './deadline.ts'
import { FetchProblem } from './problem.ts'

/**
 * The problem behind whatever undici threw. The caller's own abort comes back as its reason, unchanged. `received`:
 * bytes of the body so far; undefined before the response.
 */
export function explain(error: unknown, deadline: Deadline, url: URL, received?: number): unknown {
  if (deadline.signal.aborted) return deadline.signal.reason
  const causes = [...chain(error)]
  const known = causes.find((cause) => cause instanceof FetchProblem)
  if (known) return known
  const codes = causes.map(codeOf).filter((code) => code !== '')
  const fail = (code: FetchProblem['code'], message: string, retryable: boolean) =>
    new FetchProblem(code, message, { retryable, cause: error })
  const { host, hostname } = url
  if (codes.includes('UND_ERR_BODY_TIMEOUT')) return fail('timeout', 'the server stopped sending in the middle of the file', true)
  if (received !== undefined) return fail('body_truncated', `the connection broke off after ${received} bytes`, true)
  if (codes.includes('ENOTFOUND')) return fail('host_not_found', `no host is named ${hostname}; check the URL's spelling`, false)
  if (codes.includes('EAI_AGAIN')) return fail('host_not_found', `the address of ${hostname} could not be looked up`, true)
  if (codes.includes('UND_ERR_CONNECT_TIMEOUT')) return fail('timeout', `${host} did not accept the connection in time`, true)
  if (codes.some(isTls)) return fail('tls_failed', `${host} has no valid certificate (${codes.join(', ')})`, false)
  return fail('connection_failed', `the connection to ${host} failed (${codes.join(', ') || 'no reason given'})`, true)
}

function* chain(error: unknown): Generator {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    yield at
    if (at instanceof AggregateError) yield* at.errors
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** OpenSSL's verification results have no common prefix; these are all that Node documents, and its own. */
function isTls(code: string): boolean {
  return /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH)/.test(
    code,
  )
}
