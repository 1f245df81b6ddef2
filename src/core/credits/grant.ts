import type { CreditEntryRow } from '../rows.ts'
import type { Scope } from '../write/scope.ts'
import { grantCredits } from './ledger.ts'

/** Gives the team credits. @throws CroftError `validation_error` where the balance would be more than can be counted */
export const grant = (scope: Scope, amount: number, description = 'Granted on the command line.'): Promise<CreditEntryRow> =>
  scope.commit((tx) => grantCredits(tx, amount, description))
