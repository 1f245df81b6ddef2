import { NoAnswer, type Limit } from './platform/index.ts'

/** The time of one call. `over` rejects with NoAnswer when it has passed; `clear` ends it before. */
export class TimeLimit implements Limit {
  readonly over: Promise<never>
  readonly #endsAt: number
  readonly #why: string
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number) {
    this.#why = `the sandbox did not answer within ${ms} ms`
    this.#endsAt = performance.now() + ms
    this.over = new Promise((_, reject) => {
      this.#timer = setTimeout(() => reject(new NoAnswer(this.#why)), ms)
    })
  }

  check(): void {
    // Not the timer: in a process that was held up, it might fire only after a commit.
    if (performance.now() >= this.#endsAt) throw new NoAnswer(this.#why)
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}
