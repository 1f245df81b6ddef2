import { managerOf } from '../managers/manager.ts'
import type { Scope } from '../write/scope.ts'
import { requireHeld } from './change.ts'
import { holdWork } from './hold.ts'
import { giveBack } from './lapse.ts'
import { begin, take } from './take.ts'
import { viewItem, type WorkView } from './view.ts'

/** Takes work for its manager alone, until they have made no call for it for as long as a claim holds. @throws CroftError `work_not_found`, `invalid_state` */
export function claimWork(scope: Scope, id: string): Promise<WorkView> {
  const manager = managerOf(scope.caller)
  return scope.commit(async (tx) => viewItem(tx.trx, await take(tx, await holdWork(tx, manager, id), manager)))
}

/** Begins work, claiming it too: from here on something may happen on the platform. @throws CroftError `work_not_found`, `invalid_state` */
export function startWork(scope: Scope, id: string): Promise<WorkView> {
  const manager = managerOf(scope.caller)
  return scope.commit(async (tx) => viewItem(tx.trx, await begin(tx, await holdWork(tx, manager, id), manager)))
}

/** Gives work up, as a claim that lapses at once. @throws CroftError `work_not_found`, `invalid_state` */
export function releaseWork(scope: Scope, id: string): Promise<WorkView> {
  const manager = managerOf(scope.caller)
  return scope.commit(async (tx) => {
    const item = await holdWork(tx, manager, id)
    requireHeld(item, manager.id)
    return viewItem(tx.trx, await giveBack(tx, item, 'release'))
  })
}
