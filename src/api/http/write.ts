import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, Context } from '../../kernel/context.ts'
import { invalid } from '../../kernel/errors.ts'
import {
  extendKey,
  fingerprint,
  releaseKey,
  storeAnswer,
  takeKey,
  type HeldKey,
  type StoredAnswer,
} from '../../domain/idempotency/keys.ts'
import { claimFiles } from '../../domain/media/claims.ts'
import { openUnit, type AroundCommit, type UnitOfWork } from '../../kernel/unit-of-work.ts'
import { callerOf } from './auth.ts'
import { blank } from './dry-run.ts'
import { dryRunHeaders } from './request-headers.ts'

interface WriteRequest<V> {
  status: number
  verb: (unit: UnitOfWork) => Promise<V>
  present: (view: V) => Record<string, unknown>
  made: readonly string[]
  secret: readonly string[]
  /** Another answer for a dry run. */
  dry?: (answer: Record<string, unknown>, view: V) => Record<string, unknown>
  /** What the request asks for, where that is not its JSON body. */
  print?: string
  /** Called before a replay, where only the request's streamed content can tell whether it is the same. Throws where not. */
  sameAs?: (answer: StoredAnswer) => Promise<void>
}

export interface WriteAnswer {
  status: number
  /** JSON text. */
  body: string
  replayed: boolean
}

/** Thrown inside the transaction of a dry run, which undoes it all. */
class DryRun extends Error {
  readonly body: string
  constructor(body: string) {
    super('dry run')
    this.body = body
  }
}

function headerOf(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

// A manager's keys are kept behind a prefix with a line break, which no client can send: see keyOf.
const control = /\p{Cc}/u

function idempotencyKey(request: FastifyRequest): string | null {
  const header = headerOf(request, 'idempotency-key')
  if (header === null) return null
  // The draft standard sends a quoted string, everybody else a bare one.
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header
  if (key.length < 1 || key.length > 255 || control.test(key))
    throw invalid([{ path: 'header.idempotency-key', message: 'must have 1 to 255 characters, and no control characters' }])
  return key
}

/** Keys of a manager are their own: the team and the other managers know nothing of them. */
const keyOf = ({ manager }: Caller, key: string): string => (manager ? `${manager.id}\n${key}` : key)

function isDryRun(request: FastifyRequest): boolean {
  const given = dryRunHeaders.map((name) => ({ name, value: headerOf(request, name) })).filter(({ value }) => value !== null)
  const wrong = given.filter(({ value }) => value !== 'true' && value !== 'false')
  if (wrong.length > 0) throw invalid(wrong.map(({ name }) => ({ path: `header.${name}`, message: 'must be true or false' })))
  const [first, second] = given
  if (second && first?.value !== second.value)
    throw invalid([{ path: `header.${second.name}`, message: `must be the same as ${first?.name ?? ''}; send one of the two` }])
  return first?.value === 'true'
}

const keepHolding = (ctx: Context, held: HeldKey): NodeJS.Timeout =>
  setInterval(() => {
    extendKey(ctx, held).catch((error: unknown) =>
      ctx.log.warn({ err: error }, 'an Idempotency-Key could not be held for longer'),
    )
  }, 20_000)

/** Runs a verb: with a dry run undone at its end, or with its answer stored under the request's Idempotency-Key in the same transaction. */
export async function runWrite<V>(ctx: Context, request: FastifyRequest, write: WriteRequest<V>): Promise<WriteAnswer> {
  const caller = callerOf(request)
  const dry = isDryRun(request)
  const key = dry ? null : idempotencyKey(request)
  let held: HeldKey | null = null
  if (key !== null) {
    const path = request.url.replace('/v1/farm_profiles', '/v1/farm-profiles')
    const taken = await takeKey(
      ctx,
      caller.teamId,
      keyOf(caller, key),
      fingerprint(request.method, path, write.print ?? JSON.stringify(request.body ?? null)),
    )
    if ('answer' in taken) {
      await write.sameAs?.(taken.answer)
      return { ...taken.answer, replayed: true }
    }
    held = taken.held
  }
  const beside: AroundCommit = async (tx, work) => {
    const view = await work(tx)
    // A verb answers what its commit answers, so this is the view of the answer.
    const body = write.present(view as unknown as V)
    if (dry)
      throw new DryRun(JSON.stringify({ ...blank(write.dry?.(body, view as unknown as V) ?? body, write.made), dry_run: true }))
    if (held) await storeAnswer(tx, held, { status: write.status, body: JSON.stringify(blank(body, write.secret)) })
    return view
  }
  const extending = held && keepHolding(ctx, held)
  const files = claimFiles(ctx)
  try {
    const view = await write.verb({ ...openUnit({ ...ctx, store: files.store }, caller, beside), dry })
    return { status: write.status, body: JSON.stringify(write.present(view)), replayed: false }
  } catch (error) {
    if (held) await releaseKey(ctx, held)
    if (error instanceof DryRun) return { status: write.status, body: error.body, replayed: false }
    throw error
  } finally {
    clearInterval(extending ?? undefined)
    // What a refused request or a dry run stored is nobody's.
    await files.release()
  }
}

/** Sends the answer of {@link runWrite}. */
export function sendAnswer(reply: FastifyReply, answer: WriteAnswer): FastifyReply {
  if (answer.replayed) reply.header('idempotent-replayed', 'true')
  return reply.status(answer.status).type('application/json; charset=utf-8').send(answer.body)
}
