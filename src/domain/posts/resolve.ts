import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { enqueuePostWebhook } from '../webhooks/enqueue.ts'
import { lockPost } from './get.ts'
import { movePost } from './move.ts'
import { postDetails, type PostDetails } from './details.ts'

export type Resolution = { outcome: 'published'; postUrl: string | null } | { outcome: 'not_published' }

/** A person who has looked says whether an unconfirmed post is out. @throws CroftError `post_not_found`, `invalid_state` */
export function resolvePost(unit: UnitOfWork, id: string, resolution: Resolution): Promise<PostDetails> {
  return unit.commit(async (tx) => {
    const before = await lockPost(tx.trx, unit.caller.teamId, id)
    const post =
      resolution.outcome === 'published'
        ? await movePost(tx, before, 'published', 'A person found it published.', {
            post: { post_url: resolution.postUrl, published_at: tx.now, failure: null },
          })
        : await movePost(tx, before, 'failed', 'A person found it not published.', {
            post: {
              failure: JSON.stringify({ code: 'not_published', message: 'A person looked and found that it did not go out.' }),
            },
          })
    if (post.status === 'published') await enqueuePostWebhook(tx, post)
    await recordAudit(tx, 'post.resolve', `post:${id}`, { status: before.status }, { status: post.status })
    return postDetails(tx.trx, post)
  })
}
