import { sql } from 'kysely'
import type { Db } from '../../db/connect.ts'
import type { SandboxCall, SandboxFaultKind } from '../../db/sandbox-tables.ts'
import { isRolledBack } from '../../db/rolled-back.ts'
import type { Clock } from '../../lib/clock.ts'
import { gather } from '../../lib/gather.ts'
import { newId } from '../../lib/ids.ts'

const anywhere = ['refuse', 'refuse_for_good', 'hang', 'commit_then_hang', 'lose_answer'] as const

/** The platform's calls, and the faults that each can have. */
export const faultsOf: Readonly<Record<SandboxCall, readonly SandboxFaultKind[]>> = {
  sign_in: anywhere,
  warm_up: anywhere,
  edit_profile: anywhere,
  upload: anywhere,
  publish: [...anywhere, 'forget'],
}

/** What each fault does. */
export const faultDescriptions: Readonly<Record<SandboxFaultKind, string>> = {
  refuse: 'The platform refuses for now; nothing happens there.',
  refuse_for_good: 'The platform refuses permanently; nothing happens there.',
  hang: 'Nothing happens there, and no answer comes.',
  commit_then_hang: 'It happens, and the answer comes too late.',
  lose_answer: 'It happens, and the connection breaks before the answer.',
  forget: 'It happens and is answered; pages and searches display it some minutes later.',
}

/** A fault that is switched on. `profileId` null: for every profile of the team. */
export interface SandboxFault {
  id: string
  profileId: string | null
  call: SandboxCall
  fault: SandboxFaultKind
  /** How many more calls it affects. */
  remaining: number
  createdAt: Date
}

const columns = ['id', 'profile_id as profileId', 'call', 'fault', 'remaining', 'created_at as createdAt'] as const

/** Switches a fault on for the next `times` calls (at least 1). The caller has checked that the profile belongs to the team. */
export async function addFault(
  { db, clock }: { db: Db; clock: Clock },
  input: { teamId: string; profileId: string | null; call: SandboxCall; fault: SandboxFaultKind; times: number },
): Promise<SandboxFault> {
  await db.deleteFrom('sandbox_faults').where('team_id', '=', input.teamId).where('remaining', '=', 0).execute()
  return db
    .insertInto('sandbox_faults')
    .values({
      id: newId(),
      team_id: input.teamId,
      profile_id: input.profileId,
      call: input.call,
      fault: input.fault,
      remaining: input.times,
      created_at: clock.now(),
    })
    .returning(columns)
    .executeTakeFirstOrThrow()
}

/** The team's faults that are still switched on, oldest first. */
export async function listFaults(db: Db, teamId: string): Promise<SandboxFault[]> {
  return db
    .selectFrom('sandbox_faults')
    .select(columns)
    .where('team_id', '=', teamId)
    .where('remaining', '>', 0)
    .orderBy('id')
    .execute()
}

/**
 * Switches the team's faults off: all of them, or those of one profile.
 * @returns how many were on
 */
export async function clearFaults(db: Db, teamId: string, profileId?: string): Promise<number> {
  let query = db.deleteFrom('sandbox_faults').where('team_id', '=', teamId)
  if (profileId !== undefined) query = query.where('profile_id', '=', profileId)
  const rows = await query.returning('remaining').execute()
  return rows.filter((row) => row.remaining > 0).length
}

/** A call that a fault may be switched on for. */
export interface FaultyCall {
  teamId: string
  profileId: string
  call: SandboxCall
}

export type TakeFault = (call: FaultyCall) => Promise<SandboxFaultKind | null>

/** As {@link takeFault}, of many calls together: which of them may have a fault is asked by one statement. */
export const takeFaultTogether = (db: Db): TakeFault => {
  const mayHave = gather(
    async (calls: FaultyCall[]) => {
      const { rows } = await sql<{ team_id: string; call: SandboxCall }>`
        select distinct team_id, call from sandbox_faults
        where team_id = any(${[...new Set(calls.map(({ teamId }) => teamId))]}::uuid[]) and remaining > 0`.execute(db)
      return calls.map(({ teamId, call }) => rows.some((row) => row.team_id === teamId && row.call === call))
    },
    { most: 200, isUndone: isRolledBack },
  )
  return async (call) => ((await mayHave(call)) ? takeFault(db, call) : null)
}

/** Uses one fault up: the profile's own before the team's, the oldest first. Two concurrent calls never share a fault. */
export async function takeFault(db: Db, call: FaultyCall): Promise<SandboxFaultKind | null> {
  const { rows } = await sql<{ fault: SandboxFaultKind }>`
    update sandbox_faults set remaining = remaining - 1
    where remaining > 0 and id = (
      select id from sandbox_faults
      where team_id = ${call.teamId} and call = ${call.call} and remaining > 0 and (profile_id is null or profile_id = ${call.profileId})
      order by profile_id nulls last, id limit 1 for update
    )
    returning fault`.execute(db)
  return rows[0]?.fault ?? null
}
