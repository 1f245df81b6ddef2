import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Context } from '../../kernel/context.ts'
import type { ChoreFacts } from '../../engine/chores/facts.ts'
import { readFacts, type Facts } from '../../domain/health/facts.ts'

const gauges: Record<Exclude<keyof Facts, 'queues' | 'chores'>, [name: string, help: string]> = {
  workers: ['croft_workers', 'Workers that reported within the last 30 s'],
  overduePosts: ['croft_posts_overdue', 'Posts that are due and have not begun to publish'],
  oldestOverduePostSeconds: ['croft_post_oldest_overdue_seconds', 'How long the longest overdue post has waited'],
  preparingPosts: ['croft_posts_preparing', 'Posts whose media is being downloaded and checked'],
  unconfirmedPosts: ['croft_posts_unconfirmed', 'Posts that wait for a person to report whether they were published'],
  pendingDeliveries: ['croft_webhook_deliveries_pending', 'Webhook deliveries that have not arrived yet'],
  oldestOverdueDeliverySeconds: ['croft_webhook_oldest_overdue_seconds', 'How long the longest overdue webhook try has waited'],
  oldestUntoldEventSeconds: [
    'croft_event_oldest_untold_seconds',
    'Age of the oldest event that is not yet turned into deliveries',
  ],
  stuckReviews: ['croft_reviews_stuck', 'Reviews whose window ended and that could not be finalized'],
}

/** The metrics of each chore, over all processes. */
const choreGauges: Record<Exclude<keyof ChoreFacts, 'name'>, [name: string, help: string]> = {
  rows: ['croft_removed_rows', 'Rows, or files, that the chore has removed so far'],
  bytes: ['croft_removed_bytes', 'Bytes of stored files that the chore has removed so far'],
  endedAt: ['croft_chore_ended_timestamp_seconds', 'When the chore last succeeded; 0 for never'],
  failures: ['croft_chore_failures', 'How often the chore has failed so far'],
  failedAt: ['croft_chore_failed_timestamp_seconds', 'When the chore last failed; 0 for never'],
}

/** The database is read at most this often, whatever the number of requests. */
const freshMs = 2_000

/** `GET /metrics`, in Prometheus' text format: this process's requests and memory, and the state of the work of all processes. */
export function metricsRoute(app: FastifyInstance, ctx: Context): void {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const registers = [register]
  const set = Object.entries(gauges).map(([fact, [name, help]]) => ({
    fact: fact as keyof typeof gauges,
    gauge: new Gauge({ name, help, registers }),
  }))
  const ready = new Gauge({
    name: 'croft_queue_depth',
    help: 'Due work that no worker has begun',
    labelNames: ['queue'],
    registers,
  })
  const dead = new Gauge({
    name: 'croft_queue_dead',
    help: 'Work at which Croft itself failed more than three times in a row',
    labelNames: ['queue'],
    registers,
  })
  const chores = Object.entries(choreGauges).map(([fact, [name, help]]) => ({
    fact: fact as keyof typeof choreGauges,
    gauge: new Gauge({ name, help, labelNames: ['chore'], registers }),
  }))
  const up = new Gauge({ name: 'croft_database_up', help: 'Whether the database could be read', registers })
  new Counter({
    name: 'croft_log_lines_dropped_total',
    help: 'Log lines that were dropped because they could not be written',
    registers,
    collect() {
      this.reset()
      this.inc(ctx.logLinesDropped())
    },
  })
  const durations = new Histogram({
    name: 'croft_http_request_duration_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none'
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1_000)
    done()
  })
  let reading: { at: number; done: Promise<void> } | null = null
  const read = async () => {
    try {
      const facts = await readFacts(ctx)
      for (const { fact, gauge } of set) gauge.set(facts[fact])
      for (const queue of facts.queues) {
        ready.set({ queue: queue.name }, queue.ready)
        dead.set({ queue: queue.name }, queue.failed)
      }
      for (const { fact, gauge } of chores) for (const one of facts.chores) gauge.set({ chore: one.name }, one[fact])
      up.set(1)
    } catch (error) {
      ctx.log.warn({ err: error }, 'the facts for /metrics could not be read')
      up.set(0)
    }
  }
  app.get('/metrics', { schema: { summary: 'Metrics for Prometheus', tags: ['Health'], security: [] } }, async (_, reply) => {
    if (!reading || performance.now() - reading.at > freshMs) reading = { at: performance.now(), done: read() }
    await reading.done
    return reply.type(register.contentType).send(await register.metrics())
  })
}
