import type { Db, Trx } from '../../db/connect.ts'
import { newId } from '../../lib/ids.ts'
import { invalid } from '../../kernel/errors.ts'
import type { TeamRow } from '../../kernel/rows.ts'

const longest = 200

/** Creates a team. @returns undefined if a team already has exactly that name. @throws CroftError for an invalid name */
export async function createTeam(db: Db | Trx, name: string, now: Date): Promise<TeamRow | undefined> {
  if (name.trim() !== name || name === '' || name.length > longest || /\p{Cc}/u.test(name)) {
    const message = `must have 1 to ${longest} characters, no control characters, and no blank at either end`
    throw invalid([{ path: 'name', message }])
  }
  return db
    .insertInto('teams')
    .values({ id: newId(), name, created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returningAll()
    .executeTakeFirst()
}
