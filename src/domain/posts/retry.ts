import { requireAvailable } from '../../kernel/drivers.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { dueNow } from '../media/kind.ts'
import { lockPost } from './get.ts'
import { lockForPacing } from './lock-for-pacing.ts'
import { movePost } from './move.ts'
import { postDetails, type PostDetails } from './details.ts'

/** Tries a failed post again from its media on; a time that has passed counts as now. @throws CroftError `post_not_found`, `invalid_state`, `driver_unavailable`, `cadence_exceeded` */
export function retryPost(unit: UnitOfWork, id: string): Promise<PostDetails> {
  const { ctx, caller } = unit
  return unit.commit(async (tx) => {
    const before = await lockPost(tx.trx, caller.teamId, id)
    requireAvailable(ctx.drivers.get(before.driver))
    const due = before.execute_at && before.execute_at > tx.now ? before.execute_at : tx.now
    await lockForPacing(tx, before, due)
    const post = await movePost(tx, before, 'retried', 'The team asked for another try.', {
      post: { failure: null, ...dueNow(tx) },
      task: { run_at: due, tries: 0, failure: null },
      anew: true,
    })
    tx.wake('media')
    await recordAudit(tx, 'post.retry', `post:${id}`, { status: before.status }, { status: post.status })
    return postDetails(tx.trx, post)
  })
}
