import { sql } from 'kysely'
import { newId } from '../../lib/ids.ts'
import { codePoints } from '../../lib/text.ts'
import type { Json } from '../../lib/json.ts'
import type { Detail } from '../../kernel/errors.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** The faults of the name that a person gives a phone. It is required, so that every later brief can name the phone. */
export function phoneNameProblems(given: Json | undefined): Detail[] {
  const path = 'values.phone_name'
  if (given == null) return [{ path, message: 'is required: the name by which you know the phone that hosts the account' }]
  const length = typeof given === 'string' ? codePoints(given.trim()) : 0
  return length >= 1 && length <= 100 ? [] : [{ path, message: 'must be text of 1 to 100 characters' }]
}

/** Adds a phone to the team. @returns its id */
export async function addPhone(tx: Tx, driver: string, name: string): Promise<string> {
  const id = newId()
  await tx.trx.insertInto('phones').values({ team_id: tx.caller.teamId, id, name, driver, created_at: tx.now }).execute()
  return id
}

/**
 * The team's phone with that name, added if new: people give the same name again for a phone that hosts other profiles
 * too. @returns its id
 */
export async function findOrAddPhone(tx: Tx, driver: string, name: string): Promise<string> {
  const { teamId } = tx.caller
  // Two people who name a new phone at the same time name one phone.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`phone ${teamId} ${name}`}, 0))`.execute(tx.trx)
  const known = await tx.trx
    .selectFrom('phones')
    .select('id')
    .where('team_id', '=', teamId)
    .where('driver', '=', driver)
    .where('name', '=', name)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return known?.id ?? addPhone(tx, driver, name)
}
