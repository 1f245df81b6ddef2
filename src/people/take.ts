import type { Manager } from '../kernel/context.ts'
import type { Tx } from '../kernel/unit-of-work.ts'
import { changeItem, isHeldBy, notNow } from './change.ts'
import { handlerOf, type WorkItem } from './contract.ts'
import { lapseIfSilent } from './lapse.ts'
import { claimEnd } from './renew.ts'

/**
 * Gives the held item to the manager; who has it already has it anew.
 * @throws CroftError `invalid_state` with `claimed_until` where another has it
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
    throw notNow(item, `Another manager has it until ${item.claimed_until.toISOString()}, unless they go on; try again then.`)
  throw notNow(item, 'It can no longer be taken.')
}

/** Begins the held work for the manager, who takes it with that; begun already, the claim holds anew. */
export async function begin(tx: Tx, held: WorkItem, manager: Manager): Promise<WorkItem> {
  const item = await take(tx, held, manager)
  if (item.status === 'started') return item
  const started = await changeItem(tx, item, 'start', { status: 'started' })
  await handlerOf(tx, item.kind).started(tx, started, manager.id)
  return started
}
