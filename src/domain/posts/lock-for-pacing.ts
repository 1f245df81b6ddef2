import { lockProfile } from '../profiles/get.ts'
import { pacingInForce } from '../profiles/pacing.ts'
import type { PostRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { requirePacing } from './pacing.ts'

/** Locks the profile and checks that a post of it can be due then. Call with the post's row locked. @throws CroftError `cadence_exceeded` */
export async function lockForPacing(tx: Tx, post: PostRow, due: Date): Promise<void> {
  const { team_id: teamId, profile_id: profileId, id } = post
  const profile = await lockProfile(tx.trx, teamId, profileId)
  const team = await tx.trx
    .selectFrom('teams')
    .select(['pacing_max_per_day', 'pacing_min_gap_ms'])
    .where('id', '=', teamId)
    .executeTakeFirstOrThrow()
  await requirePacing(tx.trx, { teamId, profileId, id, due, pacing: pacingInForce(profile, team) })
}
