import { sql } from 'kysely'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { readFacts } from '../../domain/health/facts.ts'
import { StorageFullError } from '../../media/index.ts'
import { nullable, object, oneOf } from '../http/shapes.ts'

type Check = { ok: true } | { ok: false; why: string }

/** Runs a check that returns null or why it fails; an error is reported as `failed`, and its own words go to the log. */
async function check(ctx: Context, failed: string, work: () => Promise<string | null>): Promise<Check> {
  try {
    const why = await work()
    return why === null ? { ok: true } : { ok: false, why }
  } catch (error) {
    ctx.log.warn({ err: error }, `not ready: ${failed}`)
    return { ok: false, why: failed }
  }
}

async function database(ctx: Context): Promise<null> {
  await sql`select 1`.execute(ctx.db)
  return null
}

const noWorker = 'no worker has polled for 30 s; start one: croft serve with CROFT_ROLE=all or worker'

/** A worker without a sign of life for 30 s counts as gone. */
async function workers(ctx: Context): Promise<string | null> {
  const seen = await sql`select 1 from workers where polled_at > now() - interval '30 seconds' limit 1`.execute(ctx.db)
  return seen.rows.length > 0 ? null : noWorker
}

async function store(ctx: Context): Promise<string | null> {
  try {
    await ctx.store.check()
    return null
  } catch (error) {
    if (!(error instanceof StorageFullError)) throw error
    return 'the media store is full; free some space, or raise its quota'
  }
}

async function facts(ctx: Context): Promise<Record<string, unknown> | null> {
  try {
    const { queues, workers: alive, ...numbers } = await readFacts(ctx)
    return {
      workers_seen: alive,
      queue_depth: Object.fromEntries(queues.map((queue) => [queue.name, queue.ready])),
      dead_letters: Object.fromEntries(queues.map((queue) => [queue.name, queue.failed])),
      overdue_posts: numbers.overduePosts,
      oldest_overdue_post_s: Math.round(numbers.oldestOverduePostSeconds),
      unconfirmed_posts: numbers.unconfirmedPosts,
      pending_deliveries: numbers.pendingDeliveries,
    }
  } catch (error) {
    ctx.log.warn({ err: error }, 'the facts for /readyz could not be read')
    return null
  }
}

const checkShape = Type.Union([object({ ok: Type.Literal(true) }), object({ ok: Type.Literal(false), why: Type.String() })])
const perQueue = Type.Record(Type.String(), Type.Integer())
const workShape = object({
  workers_seen: Type.Integer(),
  queue_depth: perQueue,
  dead_letters: perQueue,
  overdue_posts: Type.Integer(),
  oldest_overdue_post_s: Type.Integer(),
  unconfirmed_posts: Type.Integer(),
  pending_deliveries: Type.Integer(),
})
const idle = {
  workers_seen: 1,
  queue_depth: { 'wake-profile': 0 },
  dead_letters: { 'wake-profile': 0 },
  overdue_posts: 0,
  oldest_overdue_post_s: 0,
  unconfirmed_posts: 0,
  pending_deliveries: 0,
}
const readiness = (status: 'ready' | 'not_ready', description: string, jobs: Check) => ({
  description,
  content: {
    'application/json': {
      example: { status, checks: { database: { ok: true }, jobs, store: { ok: true } }, work: idle },
      schema: object({
        status: oneOf(status),
        checks: object({ database: checkShape, jobs: checkShape, store: checkShape }),
        work: nullable(workShape),
      }),
    },
  },
})
const alive = { description: 'It lives', content: { 'application/json': { schema: object({ status: oneOf('ok') }) } } }
const common = { tags: ['Health'], security: [] }

/** `GET /healthz`: the process runs. `GET /readyz`: it can do its work; otherwise 503 with the reasons. */
export function healthRoutes(app: FastifyInstance, ctx: Context): void {
  app.get('/healthz', { schema: { ...common, summary: 'Whether the process runs', response: { 200: alive } } }, () => ({
    status: 'ok',
  }))
  const response = {
    200: readiness('ready', 'It can do its work', { ok: true }),
    503: readiness('not_ready', 'It cannot do all of its work', { ok: false, why: noWorker }),
  }
  app.get('/readyz', { schema: { ...common, summary: 'Whether the server can do its work', response } }, async (_, reply) => {
    const checks = {
      database: await check(ctx, 'the database cannot be reached', () => database(ctx)),
      jobs: await check(ctx, 'the workers could not be read from the database', () => workers(ctx)),
      store: await check(ctx, 'the media store cannot be written to', () => store(ctx)),
    }
    const ready = Object.values(checks).every((one) => one.ok)
    return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready', checks, work: await facts(ctx) })
  })
}
