import { sql } from 'kysely'
import type { Db, Trx } from '../db/connect.ts'
import type { Context, Manager } from '../kernel/context.ts'
import { handlerOf, type WorkItem } from './contract.ts'
import type { Tx, UnitOfWork } from '../kernel/unit-of-work.ts'
import { changeItem, isHeldBy, notNow, requireHeld } from './change.ts'
import { giveBack, lapseIfSilent } from './lapse.ts'
import { managerOf } from './manager.ts'
import { lockWork } from './lock.ts'
import { loadItemDetails, type WorkDetails } from './details.ts'

/** The end of a claim, counted from a call of its holder, by the database's clock. */
export const claimEnd = ({ databaseClock, claimTtlMs }: Context) =>
  sql<Date>`${databaseClock.moment()} + ${claimTtlMs} * interval '1 millisecond'`

/** Renews the claim if the manager holds it. A call for the item that is rejected for another reason renews it too. */
export async function renewClaim(
  ctx: Context,
  db: Db | Trx,
  item: Pick<WorkItem, 'team_id' | 'id'>,
  manager: Manager,
): Promise<WorkItem | undefined> {
  return db
    .updateTable('work_items')
    .set({ claimed_until: claimEnd(ctx) })
    .where('team_id', '=', item.team_id)
    .where('id', '=', item.id)
    .where('holder_id', '=', manager.id)
    .where('status', 'in', ['claimed', 'started'])
    .returningAll()
    .executeTakeFirst()
}

/**
 * Gives the locked item to the manager; if the manager already holds it, renews the claim.
 * @throws CroftError `invalid_state` with `claimed_until` if another manager holds it
 */
export async function take(tx: Tx, held: WorkItem, manager: Manager): Promise<WorkItem> {
  const claimed_until = claimEnd(tx.ctx)
  if (isHeldBy(held, manager.id)) return changeItem(tx, held, 'renew', { claimed_until })
  const item = await lapseIfSilent(tx, held)
  if (item.status === 'open' || item.status === 'returned') {
    const claimed = await changeItem(tx, item, 'claim', { status: 'claimed', holder_id: manager.id, claimed_until })
    await handlerOf(tx, item.kind).claimed(tx, claimed, manager.id)
    return claimed
  }
  if (item.claimed_until)
    throw notNow(
      item,
      `Another manager holds it until ${item.claimed_until.toISOString()}, or longer if they continue; try again then.`,
    )
  throw notNow(item, 'It can no longer be claimed.')
}

/** Starts the locked work for the manager, and claims it. If it was started before, renews the claim. */
export async function begin(tx: Tx, held: WorkItem, manager: Manager): Promise<WorkItem> {
  const item = await take(tx, held, manager)
  if (item.status === 'started') return item
  const started = await changeItem(tx, item, 'start', { status: 'started' })
  await handlerOf(tx, item.kind).started(tx, started, manager.id)
  return started
}

/**
 * Reserves work for its manager until they make no call for it for the length of a claim. @throws CroftError
 * `work_not_found`, `invalid_state`
 */
export function claimWork(unit: UnitOfWork, id: string): Promise<WorkDetails> {
  const manager = managerOf(unit.caller)
  return unit.commit(async (tx) => loadItemDetails(tx.trx, await take(tx, await lockWork(tx, manager, id), manager)))
}

/**
 * Starts work, and claims it: from here on something may happen on the platform. @throws CroftError `work_not_found`,
 * `invalid_state`
 */
export function startWork(unit: UnitOfWork, id: string): Promise<WorkDetails> {
  const manager = managerOf(unit.caller)
  return unit.commit(async (tx) => loadItemDetails(tx.trx, await begin(tx, await lockWork(tx, manager, id), manager)))
}

/** Releases work, as if the claim had lapsed. @throws CroftError `work_not_found`, `invalid_state` */
export function releaseWork(unit: UnitOfWork, id: string): Promise<WorkDetails> {
  const manager = managerOf(unit.caller)
  return unit.commit(async (tx) => {
    const item = await lockWork(tx, manager, id)
    requireHeld(item, manager.id)
    return loadItemDetails(tx.trx, await giveBack(tx, item, 'release'))
  })
}
