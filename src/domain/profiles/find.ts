import { isUuid } from '../../lib/ids.ts'
import type { Db, Trx } from '../../db/connect.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { ProfileRow } from '../../kernel/rows.ts'

/** @throws CroftError `profile_not_found`, also for another team's profile */
export async function findProfile(db: Db | Trx, teamId: string, id: string): Promise<ProfileRow> {
  const row =
    isUuid(id) &&
    (await db.selectFrom('profiles').selectAll().where('team_id', '=', teamId).where('id', '=', id).executeTakeFirst())
  if (!row)
    throw new CroftError('profile_not_found', 'No profile has this id. Check it, and the key: each team sees its own profiles.')
  return row
}

/** Like {@link findProfile}, and locks the row until the transaction ends. */
export async function lockProfile(trx: Trx, teamId: string, id: string): Promise<ProfileRow> {
  const row = await trx
    .selectFrom('profiles')
    .selectAll()
    .where('team_id', '=', teamId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row ?? findProfile(trx, teamId, id)
}
