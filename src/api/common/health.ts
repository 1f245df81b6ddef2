import { sql } from 'kysely'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../../core/context.ts'
import { readFacts } from '../../core/health/facts.ts'

type Check = { ok: true } | { ok: false; why: string }

async function check(work: () => Promise<string | null>): Promise<Check> {
  try {
    const why = await work()
    return why === null ? { ok: true } : { ok: false, why }
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : 'failed' }
  }
}

const database = (ctx: Context) => async () => {
  await sql`select 1`.execute(ctx.db)
  return null
}

/** A worker that has not said for 30 s that it lives counts as gone. */
const workers = (ctx: Context) => async () => {
  const seen = await sql`select 1 from workers where polled_at > now() - interval '30 seconds' limit 1`.execute(ctx.db)
  return seen.rows.length > 0 ? null : 'no worker has polled for 30 s; start one: croft serve with CROFT_ROLE=all or worker'
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

const store = (ctx: Context) => async () => {
  await ctx.store.check()
  return null
}

/** `GET /healthz`: the process lives. `GET /readyz`: it can do its work; 503 with the reasons otherwise. */
export function healthRoutes(app: FastifyInstance, ctx: Context): void {
  app.get('/healthz', { schema: { summary: 'Whether the process lives', tags: ['Health'], security: [] } }, () => ({
    status: 'ok',
  }))
  app.get(
    '/readyz',
    { schema: { summary: 'Whether the server can do its work', tags: ['Health'], security: [] } },
    async (_, reply) => {
      const checks = { database: await check(database(ctx)), jobs: await check(workers(ctx)), store: await check(store(ctx)) }
      const ready = Object.values(checks).every((one) => one.ok)
      return reply.status(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not_ready', checks, work: await facts(ctx) })
    },
  )
}
