import { randomInt } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { deliver } from '../../jobs/definitions.ts'
import { FetchProblem } from '../../net/index.ts'
import type { Context } from '../context.ts'
import { systemScope } from '../write/scope.ts'
import { pauseAfter } from './schedule.ts'
import { signingSecrets } from './secret.ts'

interface Answer {
  status: number | null
  error: string | null
  response: string | null
  retryAfterMs: number | null
}

const keptBytes = 2_048

function retryAfter(header: string | null, now: Date): number | null {
  if (header === null) return null
  const seconds = Number(header)
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now.getTime() : seconds * 1_000
  return Number.isFinite(ms) && ms > 0 ? ms : null
}

/** How long a receiver may take: no longer than a worker may be silent, and the try is held for twice that. */
const patienceMs = (ctx: Context) => ctx.lease.ms

/** Sends one request, its signatures one for each secret. Never throws: what went wrong is the answer. */
async function send(ctx: Context, delivery: { id: string; team_id: string; url: string; body: string }): Promise<Answer> {
  const now = ctx.clock.now()
  const id = `msg_${delivery.id}`
  const secrets = await signingSecrets(ctx, delivery.team_id)
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Croft-Webhooks',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, delivery.body)).join(' '),
  }
  try {
    const response = await ctx.guard.fetch(delivery.url, {
      method: 'POST',
      headers,
      body: delivery.body,
      firstByteMs: patienceMs(ctx),
      totalMs: patienceMs(ctx),
      maxBytes: 1_048_576,
    })
    const wait = retryAfter(response.headers.get('retry-after'), now)
    const text = await response.text().catch(() => '')
    return { status: response.status, error: null, response: text.slice(0, keptBytes).replaceAll('\0', ''), retryAfterMs: wait }
  } catch (error) {
    if (!(error instanceof FetchProblem)) throw error
    return { status: null, error: `${error.code}: ${error.message}`, response: null, retryAfterMs: null }
  }
}

/** Takes the try that is due. A worker that dies with it leaves it to the sweep once the time has passed. */
function take(ctx: Context, teamId: string, id: string) {
  const now = ctx.clock.now()
  return ctx.db
    .updateTable('deliveries')
    .set({ next_try_at: new Date(now.getTime() + 2 * patienceMs(ctx)) })
    .where('team_id', '=', teamId)
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where('next_try_at', '<=', now)
    .returningAll()
    .executeTakeFirst()
}

/** Makes the next try of a delivery and plans the one after it. The same `webhook-id` goes along every time. */
export async function tryDelivery(ctx: Context, teamId: string, id: string): Promise<void> {
  const delivery = await take(ctx, teamId, id)
  if (!delivery) return
  const began = performance.now()
  const answer = await send(ctx, delivery)
  await ctx.reach('delivery.sent')
  const took = Math.round(performance.now() - began)
  await systemScope(ctx, teamId).commit(async (tx) => {
    const tries = delivery.tries + 1
    const good = answer.status !== null && answer.status >= 200 && answer.status < 300
    const pause = good || answer.status === 410 ? null : pauseAfter(tries, randomInt(1_000) / 1_000, answer.retryAfterMs)
    const next = pause === null ? null : new Date(tx.now.getTime() + pause)
    const held = await tx.trx
      .updateTable('deliveries')
      .set({ tries, status: good ? 'delivered' : next ? 'pending' : 'failed', next_try_at: next, ended_at: next ? null : tx.now })
      .where('team_id', '=', teamId)
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .where('tries', '=', delivery.tries)
      .executeTakeFirst()
    if (held.numUpdatedRows === 0n) return
    await tx.trx
      .insertInto('delivery_tries')
      .values({
        team_id: teamId,
        delivery_id: id,
        n: tries,
        status: answer.status,
        error: answer.error,
        response: answer.response,
        duration_ms: took,
        created_at: tx.now,
      })
      .execute()
    if (next) await tx.send(deliver, { team_id: teamId, delivery_id: id }, next)
  })
}
