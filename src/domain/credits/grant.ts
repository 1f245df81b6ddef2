import type { CreditEntryRow } from '../../kernel/rows.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { grantCredits } from './ledger.ts'

/** Grants the team credits. @throws CroftError `validation_error` if the balance would exceed its maximum */
export const grant = (unit: UnitOfWork, amount: number, description = 'Granted on the command line.'): Promise<CreditEntryRow> =>
  unit.commit((tx) => grantCredits(tx, amount, description))
