import type { Db, Trx } from '../../db/connect.ts'
import { newId } from '../../lib/ids.ts'
import type { TeamRow } from '../rows.ts'

/** The team of that name, made where it is new. Names are compared to the letter. */
export async function findOrCreateTeam(db: Db | Trx, name: string, now: Date): Promise<TeamRow> {
  await db
    .insertInto('teams')
    .values({ id: newId(), name, created_at: now, updated_at: now })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  return db.selectFrom('teams').selectAll().where('name', '=', name).executeTakeFirstOrThrow()
}

export const findTeam = (db: Db | Trx, id: string): Promise<TeamRow> =>
  db.selectFrom('teams').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
