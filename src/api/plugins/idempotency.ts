import type { FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import {
  extendKey,
  fingerprint,
  releaseKey,
  storeAnswer,
  takeKey,
  type HeldKey,
  type StoredAnswer,
} from '../../domain/idempotency/keys.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { invalid } from '../../kernel/errors.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The request's Idempotency-Key, or null. @throws CroftError if it is malformed */
    readonly idempotencyKey: string | null
  }
}

/** Under which a request's answer is stored, and what tells whether another request is the same. */
export interface RequestKey {
  key: string
  print: Buffer
}

// A manager's keys are kept behind a prefix with a line break, which no client can send: see ofCaller.
const control = /\p{Cc}/u

function keyIn({ headers }: FastifyRequest): string | null {
  const header = headers['idempotency-key']
  if (typeof header !== 'string') return null
  // The draft standard sends a quoted string, everybody else a bare one.
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header
  if (key.length < 1 || key.length > 255 || control.test(key))
    throw invalid([{ path: 'header.idempotency-key', message: 'must have 1 to 255 characters, and no control characters' }])
  return key
}

/** Keys of a manager are their own: the team and the other managers know nothing of them. */
const ofCaller = (caller: Caller, key: string): string => (caller.kind === 'manager_key' ? `${caller.manager.id}\n${key}` : key)

/** The request's key. @param content what the request asks for, if that is not its JSON body */
export function requestKey(request: FastifyRequest, content?: string): RequestKey | null {
  const key = request.idempotencyKey
  if (key === null) return null
  const print = fingerprint(request.method, request.url, content ?? JSON.stringify(request.body ?? null))
  return { key: ofCaller(request.caller, key), print }
}

const keepHolding = (ctx: Context, held: HeldKey): NodeJS.Timeout =>
  setInterval(() => {
    extendKey(ctx, held).catch((error: unknown) =>
      ctx.log.warn({ err: error }, 'an Idempotency-Key could not be held for longer'),
    )
  }, 20_000)

/**
 * Does the work if it is the first under its key, which is held meanwhile. The work stores its answer in its own
 * transaction, or the key is given back.
 * @returns the answer of the first request, if this is not the first
 */
export async function holdingKey<T>(
  ctx: Context,
  { teamId }: Caller,
  { key, print }: RequestKey,
  work: (store: (tx: Tx, answer: StoredAnswer) => Promise<void>) => Promise<T>,
): Promise<{ made: T } | { first: StoredAnswer }> {
  const taken = await takeKey(ctx, teamId, key, print)
  if ('answer' in taken) return { first: taken.answer }
  const { held } = taken
  const extending = keepHolding(ctx, held)
  try {
    return { made: await work((tx, answer) => storeAnswer(tx, held, answer)) }
  } catch (error) {
    await releaseKey(ctx, held)
    throw error
  } finally {
    clearInterval(extending)
  }
}

/** Reads the Idempotency-Key of a write: `request.idempotencyKey`. */
export const idempotency = plugin((app, _, done) => {
  app.decorateRequest('idempotencyKey', {
    getter() {
      return keyIn(this)
    },
  })
  done()
})
