import { requireAvailable } from '../../kernel/drivers.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { lockPost } from './get.ts'
import { lockForPacing } from './lock-for-pacing.ts'
import { movePost } from './move.ts'
import { postDetails, type PostDetails } from './details.ts'

/** Lets a saved draft go live, as soon as the profile is free. @throws CroftError `post_not_found`, `invalid_state`, `driver_unavailable`, `cadence_exceeded` */
export function releaseDraft(unit: UnitOfWork, id: string): Promise<PostDetails> {
  const { ctx, caller } = unit
  return unit.commit(async (tx) => {
    const before = await lockPost(tx.trx, caller.teamId, id)
    requireAvailable(ctx.drivers.get(before.driver))
    await lockForPacing(tx, before, tx.now)
    const post = await movePost(tx, before, 'draft_released', 'The team lets the draft go live.', {
      post: { is_live: true },
      task: { run_at: tx.now, tries: 0 },
      anew: true,
    })
    await recordAudit(tx, 'post.publish', `post:${id}`, { status: before.status }, { status: post.status })
    return postDetails(tx.trx, post)
  })
}
