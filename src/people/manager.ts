import type { Caller, Manager, ManagerCaller } from '../kernel/caller.ts'
import { CroftError } from '../kernel/errors.ts'
import { sql } from 'kysely'
import type { Db } from '../db/connect.ts'

/** The team of a manager's request before its work is known: a team that does not exist, so that nothing is found in it. */
export const noTeam = '00000000-0000-0000-0000-000000000000'

/** The caller as a manager. @throws CroftError `insufficient_scope` if the key is not a manager's */
export function asManager(caller: Caller): ManagerCaller {
  if (caller.kind === 'manager_key') return caller
  throw new CroftError(
    'insufficient_scope',
    'This key does not belong to a manager. Create one with: croft managers add --team NAME --name PERSON',
    { scope: 'scope' in caller ? caller.scope : null, needed: 'work' },
  )
}

/** The manager who makes the call. @throws CroftError `insufficient_scope` if the key is not a manager's */
export const managerOf = (caller: Caller): Manager => asManager(caller).manager

/**
 * The manager whose key has this hash, with the teams that they work for, or null. It is one query, since every call
 * for work makes it.
 */
export async function findManagerByKey(db: Db, hash: Buffer): Promise<Manager | null> {
  const { rows } = await sql<{ id: string; name: string; team_ids: string[] }>`
    select m.id, m.name, array(select t.team_id::text from manager_teams t where t.manager_id = m.id) as team_ids
    from manager_keys k join managers m on m.id = k.manager_id
    where k.hash = ${hash} and k.revoked_at is null and m.deactivated_at is null`.execute(db)
  const [row] = rows
  return row ? { id: row.id, name: row.name, teamIds: row.team_ids } : null
}
