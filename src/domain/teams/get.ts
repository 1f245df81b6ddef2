import type { Db, Trx } from '../../db/connect.ts'
import type { TeamRow } from '../../kernel/rows.ts'
import { createTeam } from './create.ts'

/** The team with that name, created if new. Names are compared exactly. */
export const findOrCreateTeam = async (db: Db | Trx, name: string, now: Date): Promise<TeamRow> =>
  (await createTeam(db, name, now)) ??
  (await db.selectFrom('teams').selectAll().where('name', '=', name).executeTakeFirstOrThrow())

export const getTeam = (db: Db | Trx, id: string): Promise<TeamRow> =>
  db.selectFrom('teams').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
