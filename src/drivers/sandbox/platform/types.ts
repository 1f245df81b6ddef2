import { randomInt } from 'node:crypto'
import type { Db } from '../../../db/connect.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Refused } from '../../contract.ts'

/** The stand-in platform: its state in the tables `sandbox_*`, its time from the clock. */
export interface SandboxPlatform {
  db: Db
  clock: Clock
}

/** A definite refusal of the platform. Nothing was changed there. */
export class Refusal extends Error {
  readonly refused: Refused

  constructor(refused: Refused) {
    super(refused.message)
    this.refused = refused
  }
}

/** No answer came: the call may or may not have had its effect. */
export class NoAnswer extends Error {}

/** How long the caller still waits. A call checks it last, with its locks held, so that it never commits too late. */
export interface Limit {
  /** @throws NoAnswer once the caller has stopped waiting */
  check(): void
}
export const noLimit: Limit = { check: () => undefined }

/** A post as a caller sees it. `path` is that of its page, null for a draft; `at` is when it was saved, or went live. */
export interface Posted {
  id: string
  path: string | null
  at: Date
  draft: boolean
}

/** A platform's own id: 19 digits, like TikTok's. */
export const newNumber = (): string => `7${String(randomInt(1e9)).padStart(9, '0')}${String(randomInt(1e9)).padStart(9, '0')}`
