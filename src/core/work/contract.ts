import type { Selectable } from 'kysely'
import type { Tables } from '../../db/schema.ts'
import type { Json } from '../../lib/json.ts'
import type { Tx } from '../write/scope.ts'

/** A piece of work for a person, as the queue holds it. */
export type WorkRow = Selectable<Tables['work_items']>
export type { WorkKind, WorkStatus } from '../../db/schema.ts'

/** What a person says was done. */
export interface Submission {
  values: Readonly<Record<string, Json>> | null
  postUrl: string | null
  note: string | null
  screenshotMediaId: string | null
}

/** Why a person could not do it. */
export interface CouldNot {
  code: string
  message: string
}

/**
 * What one kind of work means to the thing that it is for. Each runs in the transaction of the manager's call,
 * with the item's row held. The queue itself (src/core/work/) knows claims and leases, and nothing of bundles or tasks.
 * Locks are taken task, item, bundle or edit request, profile.
 */
export interface WorkHandler {
  /** A manager took it: claimed, not begun. */
  claimed(tx: Tx, item: WorkRow, managerId: string): Promise<void>
  /** The manager began: from here on something may happen on the platform. */
  started(tx: Tx, item: WorkRow, managerId: string): Promise<void>
  /** @returns the item's next status: `submitted` where somebody reviews it, `done` where not. @throws CroftError for what is missing */
  submitted(tx: Tx, item: WorkRow, submission: Submission): Promise<'submitted' | 'done'>
  /** @returns `open` to put it back into the queue, `done` where it ends there */
  failed(tx: Tx, item: WorkRow, why: CouldNot): Promise<'open' | 'done'>
  /** The holder fell silent. `wasStarted`: after the start. @returns as `failed` */
  lapsed(tx: Tx, item: WorkRow, wasStarted: boolean): Promise<'open' | 'done'>
}
