import { FetchProblem, type FetchProblemCode } from '../../net/index.ts'
import { TooCostlyError } from '../isolated/pool.ts'
import type { MediaProblemCode, Problem } from '../base/problem.ts'
import { NotStoredError } from '../store/types.ts'

/** The file or its server is at fault: carries the reasons up to the verb, which returns them. Never leaves `src/media`. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly problems: Problem[]
  readonly retryable: boolean

  constructor(problems: Problem[], retryable = false) {
    super(problems.map(({ code, message }) => `${code}: ${message}`).join('; '))
    this.problems = problems
    this.retryable = retryable
  }
}

type Names = Record<FetchProblemCode, MediaProblemCode>

/** The code of a failed request for videos and slideshows. */
const mediaNames: Names = {
  invalid_url: 'invalid_url',
  url_not_https: 'url_not_https',
  address_not_allowed: 'address_not_allowed',
  host_not_found: 'media_unreachable',
  connection_failed: 'media_unreachable',
  tls_failed: 'media_unreachable',
  timeout: 'media_timeout',
  too_slow: 'media_too_slow',
  too_large: 'media_too_large',
  too_many_redirects: 'media_unreachable',
  body_truncated: 'media_truncated',
}

const pictureNames: Names = {
  ...mediaNames,
  host_not_found: 'picture_unreachable',
  connection_failed: 'picture_unreachable',
  tls_failed: 'picture_unreachable',
  timeout: 'picture_unreachable',
  too_slow: 'picture_unreachable',
  too_large: 'picture_too_large',
  too_many_redirects: 'picture_unreachable',
  body_truncated: 'picture_unreachable',
}

export type Kind = 'media' | 'picture'

/** Returns the reasons behind an error; rethrows what is not a fault of the file: a full disk, an abort, a bug. */
export function reasonsOf(error: unknown, kind: Kind): { ok: false; problems: Problem[]; retryable: boolean } {
  if (error instanceof Refusal) return { ok: false, problems: error.problems, retryable: error.retryable }
  if (error instanceof FetchProblem) {
    const code = (kind === 'media' ? mediaNames : pictureNames)[error.code]
    return { ok: false, problems: [{ code, message: error.message }], retryable: error.retryable }
  }
  if (error instanceof TooCostlyError) {
    const code = kind === 'media' ? 'media_unreadable' : 'picture_too_large'
    return { ok: false, problems: [{ code, message: error.message }], retryable: false }
  }
  if (error instanceof NotStoredError) {
    const message = 'the uploaded file is no longer stored; upload it again'
    return { ok: false, problems: [{ code: `${kind}_unreachable`, message }], retryable: false }
  }
  throw error
}

/** The server answered, but not with the file. */
export function answered(status: number, kind: Kind): Refusal {
  const retryable = status >= 500 || status === 429 || status === 408
  return new Refusal([{ code: `${kind}_unreachable`, message: `the server answered ${status}` }], retryable)
}
