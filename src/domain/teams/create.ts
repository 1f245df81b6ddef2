import type { Db, Trx } from '../../db/connect.ts'
import { newId } from '../../lib/ids.ts'
import { invalid } from '../../kernel/errors.ts'
import type { TeamRow } from '../../kernel/rows.ts'

const longest = 200

/** Makes a team. @returns undefined where one has that name, to the letter. @throws CroftError for a name that is none */
export async function createTeam(db: Db | Trx, name: string, now: Date): Promise<TeamRow | undefined> {
  if (name.trim() !== name || name === '' || name.length > longest || /\p{Cc}/u.test(name)) {
    const message = `must have 1 to ${longest} characters, none of them a control character, and no blank at either end`
    throw invalid([{ path: 'name', message }])
  }
  return db
    .insertInto('teams')
    .values({ id: newId(), name, created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returningAll()
    .executeTakeFirst()
}
