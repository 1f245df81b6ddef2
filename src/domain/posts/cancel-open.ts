import { lockPost } from './get.ts'
import { movePost } from './move.ts'
import { takeBack } from './take-back.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** Cancels a profile's posts that have not begun to publish. */
export async function cancelOpenPosts(tx: Tx, profileId: string, reason: string): Promise<void> {
  const open = await tx.trx
    .selectFrom('posts')
    .select('id')
    .where('team_id', '=', tx.caller.teamId)
    .where('profile_id', '=', profileId)
    .where('status', 'in', ['preparing', 'scheduled', 'queued', 'waiting_for_operator', 'draft_saved'])
    .execute()
  for (const { id } of open) {
    const post = await takeBack(tx, await lockPost(tx.trx, tx.caller.teamId, id))
    if (['preparing', 'scheduled', 'queued', 'draft_saved'].includes(post.status)) await movePost(tx, post, 'canceled', reason)
  }
}
