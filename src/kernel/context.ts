import type { Logger } from 'pino'
import type { DatabaseClock } from '../db/clock.ts'
import type { Db } from '../db/connect.ts'
import type { Reader } from '../db/statement.ts'
import type { Driver } from '../drivers/contract.ts'
import type { Clock } from '../lib/clock.ts'
import type { Isolation, MediaLimits, Store } from '../media/index.ts'
import type { Guard } from '../net/index.ts'
import type { Registry } from './ports.ts'
import type { KeyCache } from './key-cache.ts'
import type { SecretBox } from './secret-box.ts'
import type { Wakeups } from './wakeups.ts'

export type { Caller, Manager } from './caller.ts'

/**
 * How a profile is warmed up. Times are in milliseconds, the interval is at least a second. `maintenance` 0: no runs
 * once ready.
 */
export interface WarmupPolicy {
  runs: number
  spanMs: number
  sessionMs: number
  intervalMs: number
  maintenanceMs: number
}

/** How long data is kept, in milliseconds; null: forever. */
export interface Retention {
  mediaMs: number | null
  deliveriesMs: number | null
  eventsMs: number | null
  timelineMs: number | null
  auditMs: number | null
}

/** What every verb works with. src/app/compose.ts builds it. */
export interface Context {
  registry: Registry
  db: Db
  /** Runs one named statement on the same database: the shortest way, for lists that are asked for often. */
  read: Reader
  /** As `read`, for rows by their key: many statements share one connection, so none may take long. */
  lookUp: Reader
  /** The same database, without waiting for the disk: for counters whose loss in a power cut harms nobody. */
  counters: Db
  clock: Clock
  databaseClock: DatabaseClock
  keys: KeyCache
  wakeups: Wakeups
  drivers: ReadonlyMap<string, Driver>
  store: Store
  guard: Guard
  secrets: SecretBox
  log: Logger
  /** How many log lines this process has dropped. */
  logLinesDropped: () => number
  limits: MediaLimits
  isolation: Isolation
  temporaryDir: string
  publicUrl: () => string
  defaultDriver: string
  warmupDefaults: WarmupPolicy
  rateLimitPerMinute: number
  reviewWindowMs: number
  /** How long a manager's claim lasts without a call for the item. */
  claimTtlMs: number
  retention: Retention
  lease: { ms: number }
  /** Tasks under way at once in one worker. */
  taskConcurrency: number
  /** Named windows where a crash matters. Nothing happens at them but in tests, which kill the process there. */
  reach: (point: FaultPoint) => Promise<void>
}

export type FaultPoint =
  | 'prepare.began'
  | 'inspection.began'
  | 'prepare.fetched'
  | 'prepare.stored'
  | 'task.claimed'
  | 'step.began'
  | 'step.done'
  | 'step.stored'
  | 'task.settled'
  | 'delivery.sent'
