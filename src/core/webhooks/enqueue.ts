import { deliver } from '../../jobs/definitions.ts'
import { newId } from '../../lib/ids.ts'
import type { PostRow } from '../rows.ts'
import type { Tx } from '../write/scope.ts'

/** Sends seed page 2's webhook for a post that is live: exactly these three members. Once a post, whatever happens to it later. */
export async function enqueuePostWebhook(tx: Tx, post: PostRow): Promise<void> {
  const profile = await tx.trx
    .selectFrom('profiles')
    .select('phone_id')
    .where('team_id', '=', post.team_id)
    .where('id', '=', post.profile_id)
    .executeTakeFirstOrThrow()
  const id = newId()
  const inserted = await tx.trx
    .insertInto('deliveries')
    .values({
      team_id: post.team_id,
      id,
      task_id: post.id,
      lane: new URL(post.webhook_url).host,
      url: post.webhook_url,
      body: JSON.stringify({ event: 'post.published', phone_id: profile.phone_id, post_url: post.post_url }),
      status: 'pending',
      next_try_at: tx.now,
      created_at: tx.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows) await tx.send(deliver, { team_id: post.team_id, delivery_id: id })
}
