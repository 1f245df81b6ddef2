import type { Driver, DriverProfile, Outcome, Recall, Step } from '../../../drivers/contract.ts'
import type { Context } from '../../context.ts'
import type { ProfileRow } from '../../rows.ts'
import type { Tx } from '../../write/scope.ts'
import type { ClaimedTask } from '../claim.ts'

/** A claimed task with all that carrying it out needs. */
export interface Work {
  ctx: Context
  task: ClaimedTask
  profile: ProfileRow
  driver: Driver
  driverProfile: DriverProfile
  step: Step
  recall: Recall
}

/** What came of it; `unknown`: nobody can say whether it had its effect. */
export type Settlement<Done> = Outcome<Done> | { unknown: string }

/**
 * One kind of work. `begin` and `settle` run in the transactions that claim and end it; `perform` between them, in none.
 * `begin` answers whether there is anything to perform; where not, it has ended the task.
 */
export interface Kind<Done> {
  begin(tx: Tx, task: ClaimedTask, profile: ProfileRow): Promise<boolean>
  perform(work: Work): Promise<Settlement<Done>>
  settle(tx: Tx, task: ClaimedTask, profile: ProfileRow, settlement: Settlement<Done>): Promise<void>
}
