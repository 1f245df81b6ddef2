import type { Db, Trx } from '../../db/connect.ts'
import type { TeamRow } from '../../kernel/rows.ts'
import { createTeam } from './create.ts'

/** The team of that name, made where it is new. Names are compared to the letter. */
export const findOrCreateTeam = async (db: Db | Trx, name: string, now: Date): Promise<TeamRow> =>
  (await createTeam(db, name, now)) ??
  (await db.selectFrom('teams').selectAll().where('name', '=', name).executeTakeFirstOrThrow())

export const findTeam = (db: Db | Trx, id: string): Promise<TeamRow> =>
  db.selectFrom('teams').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
