import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import type { DeliveryRow, EndpointRow } from '../../kernel/rows.ts'
import { systemUnit, type Tx } from '../../kernel/unit-of-work.ts'
import { failingSince, recovered } from './endpoint-health.ts'
import { pauseAfter } from './schedule.ts'
import { isGood, send, type Answer } from './send.ts'

/** Where a delivery goes: a registered endpoint, or for null the post's own address. */
export interface Destination {
  endpoint: EndpointRow | null
  secrets: readonly string[]
}

/** The same for every try and every redelivery: the event's id if there is an event, so that receivers can look it up. */
export const webhookId = (delivery: Pick<DeliveryRow, 'id' | 'event_id'>): string => `msg_${delivery.event_id ?? delivery.id}`

async function recordTry(tx: Tx, delivery: DeliveryRow, url: string, answer: Answer): Promise<boolean> {
  const tries = delivery.tries + 1
  const good = isGood(answer)
  const pause =
    good || answer.status === 410
      ? null
      : pauseAfter(tries - delivery.tries_before, randomInt(1_000) / 1_000, answer.retryAfterMs)
  const next = pause === null ? null : new Date(tx.now.getTime() + pause)
  const held = await tx.trx
    .updateTable('deliveries')
    .set({
      tries,
      url,
      status: good ? 'delivered' : next ? 'pending' : 'failed',
      next_try_at: next,
      ended_at: next ? null : tx.now,
    })
    .where('team_id', '=', delivery.team_id)
    .where('id', '=', delivery.id)
    .where('status', '=', 'pending')
    .where('tries', '=', delivery.tries)
    .executeTakeFirst()
  if (held.numUpdatedRows === 0n) return false
  await tx.trx
    .insertInto('delivery_tries')
    .values({
      team_id: delivery.team_id,
      delivery_id: delivery.id,
      n: tries,
      status: answer.status,
      error: answer.error,
      response: answer.response,
      duration_ms: answer.tookMs,
      created_at: tx.now,
    })
    .execute()
  return true
}

/** Makes the next try of a delivery whose lane the caller holds, and plans the one after it. */
export async function tryDelivery(ctx: Context, delivery: DeliveryRow, { endpoint, secrets }: Destination): Promise<Answer> {
  const url = endpoint?.url ?? delivery.url
  const answer = await send(ctx, { id: webhookId(delivery), url, body: delivery.body, secrets })
  const ill = endpoint !== null && (!isGood(answer) || endpoint.failing_since !== null)
  await systemUnit(ctx, delivery.team_id).commit(async (tx) => {
    // The endpoint before its deliveries, as by the routes that change it: the two must not wait for each other.
    if (ill)
      await sql`select from webhook_endpoints where team_id = ${endpoint.team_id} and id = ${endpoint.id} for update`.execute(
        tx.trx,
      )
    if (!(await recordTry(tx, delivery, url, answer)) || !endpoint) return
    if (isGood(answer)) await recovered(tx, endpoint)
    else await failingSince(tx, endpoint, answer)
  })
  return answer
}
