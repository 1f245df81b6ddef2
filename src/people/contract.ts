import type { Selectable } from 'kysely'
import type { Tables, WorkKind } from '../db/schema.ts'
import type { Json } from '../lib/json.ts'
import { Port } from '../kernel/ports.ts'
import type { Tx } from '../kernel/unit-of-work.ts'

/** An item of work for a person, as a row of the queue. */
export type WorkItem = Selectable<Tables['work_items']>
export type { WorkKind, WorkStatus } from '../db/schema.ts'

/** What a person reports as done. */
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
 * What one kind of work means to the thing it belongs to. Each method runs in the transaction of the manager's call,
 * with the item's row locked. The queue knows claims and leases, and nothing about bundles or tasks. Locks are taken in
 * the order task, item, bundle or edit request, profile.
 */
export interface WorkHandler {
  /** A manager claimed it, without starting it. */
  claimed(tx: Tx, item: WorkItem, managerId: string): Promise<void>
  /** The manager started it: from here on something may happen on the platform. */
  started(tx: Tx, item: WorkItem, managerId: string): Promise<void>
  /** @returns the item's next status: `submitted` if the team reviews it, else `done`. @throws CroftError for what is missing */
  submitted(tx: Tx, item: WorkItem, submission: Submission): Promise<'submitted' | 'done'>
  /** @returns `open` to put it back into the queue, `done` to end it */
  failed(tx: Tx, item: WorkItem, why: CouldNot): Promise<'open' | 'done'>
  /** The holder made no call for the length of a claim. `wasStarted`: after the start. @returns like `failed` */
  lapsed(tx: Tx, item: WorkItem, wasStarted: boolean): Promise<'open' | 'done'>
}

/** The handler of each kind of work. */
export type WorkHandlers = Readonly<Record<WorkKind, WorkHandler>>
export const workHandlers = new Port<WorkHandlers>('work handlers')

/** What this kind of work means to the thing it belongs to. */
export const handlerOf = (tx: Tx, kind: WorkKind): WorkHandler => tx.ctx.registry.get(workHandlers)[kind]
