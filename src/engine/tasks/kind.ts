import type { ProfileStatus } from '../../db/schema.ts'
import type { Driver, DriverPost, DriverProfile, Outcome, Recall, Refused, Step } from '../../drivers/contract.ts'
import type { Context } from '../../kernel/context.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { ClaimedTask } from './claim.ts'

/** A claimed task with all that carrying it out needs. */
export interface TaskRun {
  ctx: Context
  task: ClaimedTask
  profile: ProfileRow
  driver: Driver
  driverProfile: DriverProfile
  /** The post of a publish task, with the media that the task began with. */
  post: DriverPost | null
  step: Step
  recall: Recall
}

/**
 * The result. `unknown`: nobody can say whether it had its effect. `interrupted`: it broke off, and the next try
 * continues from the stored steps, while after `failed` it starts over.
 */
export type Settlement<Done> = Outcome<Done> | { unknown: string } | { interrupted: Refused }

/**
 * One kind of work. `begin` and `settle` run in the transactions that claim and end it; `perform` between them, in none.
 * `begin` answers whether there is anything to perform; where not, it has ended the task.
 */
export interface Kind<Done> {
  /** Whether a task of this kind begins on a profile in this state; until it can, the task waits. */
  runsIn(status: ProfileStatus): boolean
  begin(tx: Tx, task: ClaimedTask, profile: ProfileRow): Promise<boolean>
  perform(run: TaskRun): Promise<Settlement<Done>>
  settle(tx: Tx, task: ClaimedTask, profile: ProfileRow, settlement: Settlement<Done>): Promise<void>
}

const notSaid: Refused = { code: 'outcome_unknown', message: 'Nobody can say how it ended.', retryable: true, who: 'platform' }

/** Why the work failed, and whether another try starts over or continues from the stored steps. */
export function refusalOf(settlement: Settlement<unknown>): { refused: Refused; anew: boolean } {
  if ('failed' in settlement) return { refused: settlement.failed, anew: true }
  return { refused: 'interrupted' in settlement ? settlement.interrupted : notSaid, anew: false }
}
