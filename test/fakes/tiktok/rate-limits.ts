import type { Clock } from '../../../src/lib/clock.ts'
import { refusal } from './errors.ts'
import type { Endpoint } from './types.ts'

const windowMs = 60_000

/** Counts the calls of each access token at each endpoint over the last minute. */
export class RateLimits {
  readonly #clock: Clock
  readonly #calls = new Map<string, number[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts a call; a call over the limit is refused and not counted. */
  count(endpoint: Endpoint, accessToken: string, limit: number | undefined): void {
    if (limit === undefined) return
    const now = this.#clock.now().getTime()
    const key = `${endpoint} ${accessToken}`
    const recent = (this.#calls.get(key) ?? []).filter((at) => at > now - windowMs)
    this.#calls.set(key, recent)
    if (recent.length >= limit) throw refusal('rate_limit_exceeded', `more than ${limit} calls within a minute`)
    recent.push(now)
  }
}
