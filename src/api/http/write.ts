import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError, invalid } from '../../kernel/errors.ts'
import {
  extendKey,
  findAnswer,
  fingerprint,
  releaseKey,
  storeAnswer,
  takeKey,
  type HeldKey,
  type StoredAnswer,
} from '../../domain/idempotency/keys.ts'
import { commitTogether } from '../../domain/idempotency/shared.ts'
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
  /** The verb does nothing before its `commitShared`, so that its key can be taken there. */
  shared?: boolean
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

/** Thrown by a commit that found the answer of the first request with the same key. */
class Replay extends Error {
  readonly answer: StoredAnswer
  constructor(answer: StoredAnswer) {
    super('replay')
    this.answer = answer
  }
}

const keepHolding = (ctx: Context, held: HeldKey): NodeJS.Timeout =>
  setInterval(() => {
    extendKey(ctx, held).catch((error: unknown) =>
      ctx.log.warn({ err: error }, 'an Idempotency-Key could not be held for longer'),
    )
  }, 20_000)

/** What the request asks for. */
const printOf = (request: FastifyRequest, print?: string): Buffer =>
  fingerprint(
    request.method,
    request.url.replace('/v1/farm_profiles', '/v1/farm-profiles'),
    print ?? JSON.stringify(request.body ?? null),
  )

/** Runs a verb: with a dry run undone at its end, or with its answer stored under the request's Idempotency-Key in the same transaction. */
export async function runWrite<V>(ctx: Context, request: FastifyRequest, write: WriteRequest<V>): Promise<WriteAnswer> {
  const caller = callerOf(request)
  const dry = isDryRun(request)
  const key = dry ? null : idempotencyKey(request)
  const keyed = key === null ? null : { key: keyOf(caller, key), print: printOf(request, write.print) }
  let held: HeldKey | null = null
  if (keyed && !write.shared) {
    const taken = await takeKey(ctx, caller.teamId, keyed.key, keyed.print)
    if ('answer' in taken) {
      await write.sameAs?.(taken.answer)
      return { ...taken.answer, replayed: true }
    }
    held = taken.held
  }
  // A verb answers what its commit answers, so this is the view of the answer.
  const kept = (view: unknown): StoredAnswer => ({
    status: write.status,
    body: JSON.stringify(blank(write.present(view as V), write.secret)),
  })
  const beside: AroundCommit = async (tx, work) => {
    const view = await work(tx)
    if (dry) {
      const body = write.present(view as unknown as V)
      throw new DryRun(JSON.stringify({ ...blank(write.dry?.(body, view as unknown as V) ?? body, write.made), dry_run: true }))
    }
    if (held) await storeAnswer(tx, held, kept(view))
    return view
  }
  const extending = held && keepHolding(ctx, held)
  const files = claimFiles(ctx)
  try {
    const unit = { ...openUnit({ ...ctx, store: files.store }, caller, beside), dry }
    if (write.shared && !dry)
      unit.commitShared = async (shared, input) => {
        const done = await commitTogether(ctx, shared, { caller, input, keyed: keyed && { ...keyed, answer: kept } })
        if ('replay' in done) throw new Replay(done.replay)
        return done.made
      }
    const view = await write.verb(unit)
    return { status: write.status, body: JSON.stringify(write.present(view)), replayed: false }
  } catch (error) {
    if (error instanceof Replay) return { ...error.answer, replayed: true }
    if (keyed && write.shared && error instanceof CroftError) {
      // What is refused now, as a time that has passed since, may have been accepted at first.
      const answer = await findAnswer(ctx, caller.teamId, keyed.key, keyed.print)
      if (answer) return { ...answer, replayed: true }
    }
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
