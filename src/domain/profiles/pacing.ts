import type { ProfileRow } from '../../kernel/rows.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { lockProfile } from './get.ts'

/** How often a profile may post. Null: not limited in this respect. */
export interface Pacing {
  maxPerDay: number | null
  minGapMs: number | null
}

type Columns = Pick<ProfileRow, 'pacing_max_per_day' | 'pacing_min_gap_ms'>

export const pacingOf = (row: Columns): Pacing => ({ maxPerDay: row.pacing_max_per_day, minGapMs: row.pacing_min_gap_ms })

/** The pacing in force: the profile's own, else the team's. */
export function pacingInForce(profile: Columns, team: Columns): Pacing {
  const own = pacingOf(profile)
  return own.maxPerDay === null && own.minGapMs === null ? pacingOf(team) : own
}

/**
 * Sets a profile's own pacing, or with null restores the team's.
 * @throws CroftError `profile_not_found`
 */
export function setPacing(unit: UnitOfWork, id: string, pacing: Pacing | null): Promise<Pacing> {
  const { caller } = unit
  return unit.commit(async (tx) => {
    const before = await lockProfile(tx.trx, caller.teamId, id)
    const values = { pacing_max_per_day: pacing?.maxPerDay ?? null, pacing_min_gap_ms: pacing?.minGapMs ?? null }
    const row = await tx.trx
      .updateTable('profiles')
      .set({ ...values, updated_at: tx.now })
      .where('team_id', '=', caller.teamId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await recordAudit(tx, 'profile.pacing', `profile:${id}`, { ...pacingOf(before) }, { ...pacingOf(row) })
    return pacingOf(row)
  })
}
