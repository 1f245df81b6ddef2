export { createGuard } from './guard.ts'
export { FetchProblem, fetchProblemCodes } from './problem.ts'
export type { FetchProblemCode } from './problem.ts'
export type {
  Connect,
  Guard,
  GuardedRequest,
  GuardedResponse,
  GuardOptions,
  Resolve,
  ResolvedAddress,
  UrlCheck,
} from './types.ts'
