import { sql } from 'kysely'
import { newId } from '../../lib/ids.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { DeliveryRow, EndpointRow, PostRow } from '../../kernel/rows.ts'
import { inTeam, type Tx } from '../../kernel/unit-of-work.ts'
import { laneOfUrl, markLaneDue } from './lanes.ts'

/** The body that a registered endpoint gets. Source: Standard Webhooks. */
export const eventBody = (type: string, at: Date, data: JsonObject): string =>
  JSON.stringify({ type, timestamp: at.toISOString(), data })

/**
 * Sends the webhook of Algorhythm's “Post to a farm profile” for posts that are live: exactly these three members. Once for
 * each post, whatever happens to it later; none if it names no address.
 */
export async function enqueuePostWebhooks(tx: Tx, posts: readonly PostRow[]): Promise<void> {
  const rows = posts.flatMap(({ team_id, id, profile_id, webhook_url, post_url }) =>
    webhook_url === null
      ? []
      : [{ team_id, id: newId(), task_id: id, profile_id, lane: laneOfUrl(webhook_url), url: webhook_url, post_url }],
  )
  if (rows.length === 0) return
  const { rows: lanes } = await sql<{ team_id: string; lane: string }>`
    with inserted as (
      insert into deliveries (team_id, id, task_id, lane, url, body, status, next_try_at, created_at)
      select v.team_id, v.id, v.task_id, v.lane, v.url,
        '{"event":"post.published","phone_id":' || coalesce(to_json(p.phone_id)::text, 'null') ||
          ',"post_url":' || coalesce(to_json(v.post_url)::text, 'null') || '}', 'pending', ${tx.now}, ${tx.now}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as v(team_id uuid, id uuid, task_id uuid, profile_id uuid, lane text, url text, post_url text)
      join profiles p on p.team_id = v.team_id and p.id = v.profile_id
      on conflict do nothing returning team_id, lane
    )
    select distinct team_id, lane from inserted order by team_id, lane`.execute(tx.trx)
  for (const { team_id, lane } of lanes) await markLaneDue(inTeam(tx, team_id), lane, tx.now)
  tx.wake('webhooks')
}

/** The webhook of one post; see {@link enqueuePostWebhooks}. */
export const enqueuePostWebhook = (tx: Tx, post: PostRow): Promise<void> => enqueuePostWebhooks(tx, [post])

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
