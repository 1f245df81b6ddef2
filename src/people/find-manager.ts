import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'
import type { Manager } from '../kernel/context.ts'

/** The manager whose key has this hash, with the teams that they serve, or null. One query, since every call for work makes it. */
export async function findManagerByKey(db: Db, hash: Buffer): Promise<Manager | null> {
  const { rows } = await sql<{ id: string; name: string; team_ids: string[] }>`
    select m.id, m.name, array(select t.team_id::text from manager_teams t where t.manager_id = m.id) as team_ids
    from manager_keys k join managers m on m.id = k.manager_id
    where k.hash = ${hash} and k.revoked_at is null and m.deactivated_at is null`.execute(db)
  const [row] = rows
  return row ? { id: row.id, name: row.name, teamIds: row.team_ids } : null
}
