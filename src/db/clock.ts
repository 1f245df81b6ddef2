import { sql, type RawBuilder } from 'kysely'
import type { Clock } from '../lib/clock.ts'

/**
 * The database's time, as SQL: the one clock that all processes share, for leases, limits and the ages of keys. The
 * clock of a process may jump, and differs from that of another.
 */
export interface DatabaseClock {
  /** What a named statement is given in the place of `now()`, as in `coalesce($1, now())`: null but in tests. */
  substitute(): Date | null
  /** When the transaction began; an index can be searched by it. */
  now(): RawBuilder<Date>
  /** The current moment, even after waiting for a lock. */
  moment(): RawBuilder<Date>
  /** Milliseconds since some time in the past, for short times that are counted in this process. */
  elapsedMs(): number
}

/** @param substitute replaces the database's clock, for tests that move time */
export function databaseClock(substitute?: Clock): DatabaseClock {
  const substituted = (clock: Clock) => sql<Date>`${clock.now()}::timestamptz`
  return {
    substitute: () => substitute?.now() ?? null,
    now: () => (substitute ? substituted(substitute) : sql<Date>`now()`),
    moment: () => (substitute ? substituted(substitute) : sql<Date>`clock_timestamp()`),
    elapsedMs: () => (substitute ? substitute.now().getTime() : performance.now()),
  }
}
