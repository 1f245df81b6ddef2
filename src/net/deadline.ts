import { FetchProblem } from './problem.ts'
import type { GuardedRequest } from './types.ts'

/** The time limits of one request. Call `done` when it is over; a forgotten one does not keep the process alive. */
export class Deadline {
  /** Aborts with a `FetchProblem` at a limit, or with the caller's reason. */
  readonly signal: AbortSignal
  readonly #controller = new AbortController()
  readonly #total: NodeJS.Timeout
  #firstByteLeft: number
  readonly #firstByteMs: number

  constructor(request: Pick<GuardedRequest, 'firstByteMs' | 'totalMs' | 'signal'>) {
    this.#firstByteMs = this.#firstByteLeft = request.firstByteMs
    this.#total = setTimeout(
      () => this.#stop(`the server was not done within ${seconds(request.totalMs)}`),
      request.totalMs,
    ).unref()
    this.signal = AbortSignal.any(request.signal ? [request.signal, this.#controller.signal] : [this.#controller.signal])
  }

  /** Waits for something that must bring the first byte nearer. Only time spent here counts, so a slow caller does no harm. */
  async untilFirstByte<T>(wait: () => Promise<T>): Promise<T> {
    const began = performance.now()
    const timer = setTimeout(
      () => this.#stop(`the server did not begin to answer within ${seconds(this.#firstByteMs)}`),
      this.#firstByteLeft,
    )
    try {
      return await wait()
    } finally {
      clearTimeout(timer)
      this.#firstByteLeft = Math.max(0, this.#firstByteLeft - (performance.now() - began))
    }
  }

  done(): void {
    clearTimeout(this.#total)
  }

  #stop(message: string): void {
    this.#controller.abort(new FetchProblem('timeout', message, { retryable: true }))
  }
}

function seconds(ms: number): string {
  return ms >= 60_000 ? `${ms / 60_000} min` : `${ms / 1000} s`
}
