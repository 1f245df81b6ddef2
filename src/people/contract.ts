import type { Selectable } from 'kysely'
import type { Tables, WorkKind } from '../db/schema.ts'
import type { Json } from '../lib/json.ts'
import { Port } from '../kernel/ports.ts'
import type { Tx } from '../kernel/unit-of-work.ts'

/** A piece of work for a person, as the queue holds it. */
export type WorkItem = Selectable<Tables['work_items']>
export type { WorkKind, WorkStatus } from '../db/schema.ts'

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
 * with the item's row held. The queue knows claims and leases, and nothing of bundles or tasks.
 * Locks are taken task, item, bundle or edit request, profile.
 */
export interface WorkHandler {
  /** A manager took it: claimed, not begun. */
  claimed(tx: Tx, item: WorkItem, managerId: string): Promise<void>
  /** The manager began: from here on something may happen on the platform. */
  started(tx: Tx, item: WorkItem, managerId: string): Promise<void>
  /** @returns the item's next status: `submitted` where somebody reviews it, `done` where not. @throws CroftError for what is missing */
  submitted(tx: Tx, item: WorkItem, submission: Submission): Promise<'submitted' | 'done'>
  /** @returns `open` to put it back into the queue, `done` where it ends there */
  failed(tx: Tx, item: WorkItem, why: CouldNot): Promise<'open' | 'done'>
  /** The holder fell silent. `wasStarted`: after the start. @returns as `failed` */
  lapsed(tx: Tx, item: WorkItem, wasStarted: boolean): Promise<'open' | 'done'>
}

/** The handler of each kind of work. */
export type WorkHandlers = Readonly<Record<WorkKind, WorkHandler>>
export const workHandlers = new Port<WorkHandlers>('work handlers')

/** What this kind of work means to the thing that it is for. */
export const handlerOf = (tx: Tx, kind: WorkKind): WorkHandler => tx.ctx.registry.get(workHandlers)[kind]
