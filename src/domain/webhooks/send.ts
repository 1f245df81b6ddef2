import { Webhook } from 'standardwebhooks'
import { FetchProblem } from '../../net/index.ts'
import type { Context } from '../../kernel/context.ts'

/** What a receiver answered, or why it did not. */
export interface Answer {
  status: number | null
  error: string | null
  response: string | null
  retryAfterMs: number | null
  tookMs: number
}

/** One request to a receiver: `id` is its `webhook-id`. */
export interface Message {
  id: string
  url: string
  body: string
  secrets: readonly string[]
}

const keptCharacters = 2_048
/** How long a receiver may take, in milliseconds. Standard Webhooks: 15 to 30 s. */
const patienceMs = 15_000

function retryAfter(header: string | null, now: Date): number | null {
  if (header === null) return null
  const seconds = Number(header)
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now.getTime() : seconds * 1_000
  return Number.isFinite(ms) && ms > 0 ? ms : null
}

async function ask(ctx: Context, message: Message): Promise<Omit<Answer, 'tookMs'>> {
  const now = ctx.clock.now()
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Croft-Webhooks',
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': message.secrets.map((secret) => new Webhook(secret).sign(message.id, now, message.body)).join(' '),
  }
  const patience = Math.min(patienceMs, ctx.lease.ms)
  try {
    const response = await ctx.guard.fetch(message.url, {
      method: 'POST',
      headers,
      body: message.body,
      firstByteMs: patience,
      totalMs: patience,
      maxBytes: 1_048_576,
    })
    const retryAfterMs = retryAfter(response.headers.get('retry-after'), now)
    const text = await response.text().catch(() => '')
    return { status: response.status, error: null, response: text.slice(0, keptCharacters).replaceAll('\0', ''), retryAfterMs }
  } catch (error) {
    if (!(error instanceof FetchProblem)) throw error
    return { status: null, error: `${error.code}: ${error.message}`, response: null, retryAfterMs: null }
  }
}

/** Sends one request, its signatures one for each secret. What went wrong is the answer; redirects are not followed. */
export async function send(ctx: Context, message: Message): Promise<Answer> {
  const began = performance.now()
  const answer = await ask(ctx, message)
  await ctx.reach('delivery.sent')
  return { ...answer, tookMs: Math.round(performance.now() - began) }
}

export const isGood = ({ status }: Answer): boolean => status !== null && status >= 200 && status < 300
