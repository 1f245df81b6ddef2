import { isUuid } from '../../lib/ids.ts'
import type { Db, Trx } from '../../db/connect.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { ProfileRow } from '../../kernel/rows.ts'

export const profileNotFound = () =>
  new CroftError('profile_not_found', 'There is no profile with this id. Check it, and the key: each team sees its own profiles.')

/** @throws CroftError `profile_not_found`, the same for another team's profile as for none */
export async function getProfile(db: Db | Trx, teamId: string, id: string): Promise<ProfileRow> {
  const row =
    isUuid(id) &&
    (await db.selectFrom('profiles').selectAll().where('team_id', '=', teamId).where('id', '=', id).executeTakeFirst())
  if (!row) throw profileNotFound()
  return row
}

/** Like {@link getProfile}, and locks the row until the transaction ends. */
export async function lockProfile(trx: Trx, teamId: string, id: string): Promise<ProfileRow> {
  const row = await trx
    .selectFrom('profiles')
    .selectAll()
    .where('team_id', '=', teamId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row ?? getProfile(trx, teamId, id)
}
