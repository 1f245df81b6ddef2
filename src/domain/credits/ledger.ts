import { sql } from 'kysely'
import { newId } from '../../lib/ids.ts'
import { CroftError, invalid } from '../../kernel/errors.ts'
import type { EventType } from '../../kernel/event-types.ts'
import type { CreditEntryRow } from '../../kernel/rows.ts'
import { recordAudit, recordEvent } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** The most credits that a team can have: the maximum of a Postgres integer. */
const most = 2_147_483_647

const eventTypeOf: Record<CreditEntryRow['type'], EventType> = {
  grant: 'credits.granted',
  debit: 'credits.debited',
  refund: 'credits.refunded',
}

async function recordEntry(tx: Tx, entry: CreditEntryRow): Promise<CreditEntryRow> {
  const { id, type, amount, balance_after, description, refers_to } = entry
  const facts = { entry_id: id, type, amount, balance_after, description, refers_to }
  await recordEvent(tx, eventTypeOf[type], facts)
  await recordAudit(tx, eventTypeOf[type], `credits:${id}`, { balance: balance_after - amount }, facts)
  return entry
}

/**
 * Adds credits to the caller's team.
 * @throws CroftError `validation_error` if the balance would exceed its maximum
 */
export async function grantCredits(tx: Tx, amount: number, description: string): Promise<CreditEntryRow> {
  const { teamId } = tx.caller
  const { rows } = await sql<CreditEntryRow>`
    with moved as (
      insert into credit_balances as held (team_id, balance, updated_at) values (${teamId}, ${amount}, ${tx.now})
      on conflict (team_id) do update set balance = held.balance + excluded.balance, updated_at = excluded.updated_at
        where held.balance <= ${most - amount}
      returning balance
    )
    insert into credit_entries (team_id, id, type, amount, balance_after, description, created_at)
    select ${teamId}, ${newId()}, 'grant', ${amount}, balance, ${description}, ${tx.now} from moved
    returning *`.execute(tx.trx)
  const [entry] = rows
  if (!entry) throw invalid([{ path: 'amount', message: `a balance can be at most ${most} credits` }])
  return recordEntry(tx, entry)
}

/** The team's balance; 0 if it never had credits. */
export async function balanceOf(tx: Pick<Tx, 'trx' | 'caller'>): Promise<number> {
  const row = await tx.trx
    .selectFrom('credit_balances')
    .select('balance')
    .where('team_id', '=', tx.caller.teamId)
    .executeTakeFirst()
  return row?.balance ?? 0
}

/**
 * Takes credits from the caller's team, by one statement that finds no row if they do not suffice. Of two concurrent
 * debits the second waits for the first, so that the ledger's entries are in the order of their balances.
 * @throws CroftError `INSUFFICIENT_CREDITS`
 */
export async function debitCredits(tx: Tx, amount: number, description: string): Promise<CreditEntryRow> {
  const { teamId } = tx.caller
  const { rows } = await sql<CreditEntryRow>`
    with moved as (
      update credit_balances set balance = balance - ${amount}, updated_at = ${tx.now}
      where team_id = ${teamId} and balance >= ${amount}
      returning balance
    )
    insert into credit_entries (team_id, id, type, amount, balance_after, description, created_at)
    select ${teamId}, ${newId()}, 'debit', ${-amount}, balance, ${description}, ${tx.now} from moved
    returning *`.execute(tx.trx)
  const [entry] = rows
  if (entry) return recordEntry(tx, entry)
  const available = await balanceOf(tx)
  throw new CroftError(
    'INSUFFICIENT_CREDITS',
    `This costs ${amount} credits, and the balance is ${available}. Ask the operator of this server for more; nothing was ordered.`,
    { required: amount, available, missing: amount - available },
  )
}

/**
 * Refunds a debit, with an entry that refers to it.
 * @throws if it is not a debit of the team, or is refunded already: callers lock what was paid for, so that neither can
 *   happen
 */
export async function refundCredits(tx: Tx, debitId: string, description: string): Promise<CreditEntryRow> {
  const { teamId } = tx.caller
  const { rows } = await sql<CreditEntryRow>`
    with undone as (
      select -amount as amount from credit_entries d where d.team_id = ${teamId} and d.id = ${debitId} and d.type = 'debit'
        and not exists (select from credit_entries r where r.team_id = d.team_id and r.refers_to = d.id and r.type = 'refund')
    ), moved as (
      update credit_balances b set balance = b.balance + undone.amount, updated_at = ${tx.now} from undone
      where b.team_id = ${teamId} returning b.balance, undone.amount
    )
    insert into credit_entries (team_id, id, type, amount, balance_after, description, refers_to, created_at)
    select ${teamId}, ${newId()}, 'refund', amount, balance, ${description}, ${debitId}, ${tx.now} from moved
    returning *`.execute(tx.trx)
  const [entry] = rows
  if (!entry) throw new Error(`there is no debit ${debitId} to refund`)
  return recordEntry(tx, entry)
}
