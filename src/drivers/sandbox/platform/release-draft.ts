import { posted, postedRows } from './posted.ts'
import { Refusal, type Limit, type Posted, type SandboxPlatform } from './types.ts'

/**
 * Makes a draft go live.
 * @throws Refusal `draft_not_found`, `already_live`
 */
export async function releaseDraft(
  { db, clock }: SandboxPlatform,
  id: string,
  context: { limit: Limit; visibleFrom: Date },
): Promise<Posted> {
  return db.transaction().execute(async (trx) => {
    const post = await trx.selectFrom('sandbox_posts').select('live_at').where('id', '=', id).forUpdate().executeTakeFirst()
    if (!post) {
      const message = `The draft ${id} is no longer on the platform. Create the post again.`
      throw new Refusal({ code: 'draft_not_found', message, retryable: false, who: 'owner' })
    }
    if (post.live_at) {
      const message = `The draft ${id} went live already, at ${post.live_at.toISOString()}. Nothing was published now.`
      throw new Refusal({ code: 'already_live', message, retryable: false, who: 'owner' })
    }
    await trx
      .updateTable('sandbox_posts')
      .set({ live_at: clock.now(), visible_from: context.visibleFrom })
      .where('id', '=', id)
      .execute()
    const row = await postedRows(trx).where('sandbox_posts.id', '=', id).executeTakeFirstOrThrow()
    context.limit.check()
    return posted(row)
  })
}
