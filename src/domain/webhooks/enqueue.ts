import { newId } from '../../lib/ids.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { DeliveryRow, EndpointRow, PostRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { laneOfUrl, markLaneDue } from './lanes.ts'

/** The body that a registered endpoint gets. Source: Standard Webhooks. */
export const eventBody = (type: string, at: Date, data: JsonObject): string =>
  JSON.stringify({ type, timestamp: at.toISOString(), data })

/**
 * Sends the webhook of Algorhythm's “Post to a farm profile” for a post that is live: exactly these three members. Sent
 * once per post, whatever happens to it later; not sent if the post has no address.
 */
export async function enqueuePostWebhook(tx: Tx, post: PostRow): Promise<void> {
  if (post.webhook_url === null) return
  const profile = await tx.trx
    .selectFrom('profiles')
    .select('phone_id')
    .where('team_id', '=', post.team_id)
    .where('id', '=', post.profile_id)
    .executeTakeFirstOrThrow()
  const lane = laneOfUrl(post.webhook_url)
  const inserted = await tx.trx
    .insertInto('deliveries')
    .values({
      team_id: post.team_id,
      id: newId(),
      task_id: post.id,
      lane,
      url: post.webhook_url,
      body: JSON.stringify({ event: 'post.published', phone_id: profile.phone_id, post_url: post.post_url }),
      status: 'pending',
      next_try_at: tx.now,
      created_at: tx.now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows) await markLaneDue(tx, lane, tx.now)
}

/** Sends a test event to one endpoint, whatever its filter; it stands in no team's events. */
export async function enqueueTest(tx: Tx, endpoint: EndpointRow): Promise<DeliveryRow> {
  const type = 'webhook_endpoint.test'
  const row = await tx.trx
    .insertInto('deliveries')
    .values({
      team_id: endpoint.team_id,
      id: newId(),
      endpoint_id: endpoint.id,
      lane: endpoint.id,
      type,
      url: endpoint.url,
      body: eventBody(type, tx.now, { endpoint_id: endpoint.id }),
      status: 'pending',
      next_try_at: tx.now,
      created_at: tx.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await markLaneDue(tx, endpoint.id, tx.now)
  return row
}
