import { lockProfile } from '../profiles/find.ts'
import type { PostRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { pacingInForce } from './create.ts'
import { requirePacing } from './pacing.ts'

/** Holds the profile and checks that a post of it can be due then. Call with the post's row held. @throws CroftError `cadence_exceeded` */
export async function lockForPacing(tx: Tx, post: PostRow, due: Date): Promise<void> {
  const profile = await lockProfile(tx.trx, post.team_id, post.profile_id)
  const { team_id: teamId, profile_id: profileId, id } = post
  await requirePacing(tx.trx, { teamId, profileId, id, due }, await pacingInForce(tx, profile))
}
