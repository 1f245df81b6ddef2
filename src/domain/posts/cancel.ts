import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { lockPost } from './get.ts'
import { movePost } from './move.ts'
import { takeBack } from './take-back.ts'
import { postDetails, type PostDetails } from './details.ts'

/** Calls a post off before it has begun to publish. @throws CroftError `post_not_found`, `invalid_state` */
export function cancelPost(unit: UnitOfWork, id: string): Promise<PostDetails> {
  return unit.commit(async (tx) => {
    const before = await lockPost(tx.trx, unit.caller.teamId, id)
    const post = await movePost(tx, await takeBack(tx, before), 'canceled', 'The team called it off.')
    await recordAudit(tx, 'post.cancel', `post:${id}`, { status: before.status }, { status: post.status })
    return postDetails(tx.trx, post)
  })
}
