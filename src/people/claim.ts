import { managerOf } from './manager.ts'
import type { UnitOfWork } from '../kernel/unit-of-work.ts'
import { requireHeld } from './change.ts'
import { lockWork } from './lock.ts'
import { giveBack } from './lapse.ts'
import { begin, take } from './take.ts'
import { viewItem, type WorkView } from './view.ts'

/** Takes work for its manager alone, until they have made no call for it for as long as a claim holds. @throws CroftError `work_not_found`, `invalid_state` */
export function claimWork(unit: UnitOfWork, id: string): Promise<WorkView> {
  const manager = managerOf(unit.caller)
  return unit.commit(async (tx) => viewItem(tx.trx, await take(tx, await lockWork(tx, manager, id), manager)))
}

/** Begins work, claiming it too: from here on something may happen on the platform. @throws CroftError `work_not_found`, `invalid_state` */
export function startWork(unit: UnitOfWork, id: string): Promise<WorkView> {
  const manager = managerOf(unit.caller)
  return unit.commit(async (tx) => viewItem(tx.trx, await begin(tx, await lockWork(tx, manager, id), manager)))
}

/** Gives work up, as a claim that lapses at once. @throws CroftError `work_not_found`, `invalid_state` */
export function releaseWork(unit: UnitOfWork, id: string): Promise<WorkView> {
  const manager = managerOf(unit.caller)
  return unit.commit(async (tx) => {
    const item = await lockWork(tx, manager, id)
    requireHeld(item, manager.id)
    return viewItem(tx.trx, await giveBack(tx, item, 'release'))
  })
}
