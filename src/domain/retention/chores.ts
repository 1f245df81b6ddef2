import type { Chore } from '../../engine/chores/run.ts'
import type { Context } from '../../kernel/context.ts'
import { findOrphans, sweepFiles, sweepTemporary } from './files.ts'
import * as leftovers from './leftovers.ts'
import { pruneMedia } from './media.ts'
import { beforeTime, prune, type PruneBatch } from './prune.ts'
import * as records from './records.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

type RetentionSetting = (ctx: Context) => number | null

/** The kinds of data that grow with use, and how long each is kept. The names appear in /metrics. */
const kinds: readonly (readonly [name: string, kept: RetentionSetting, batch: PruneBatch])[] = [
  ['media', ({ retention }) => retention.mediaMs, pruneMedia],
  ['deliveries', ({ retention }) => retention.deliveriesMs, records.pruneDeliveries],
  ['events', ({ retention }) => retention.eventsMs, records.pruneEvents],
  ['timeline', ({ retention }) => retention.timelineMs, records.pruneTimeline],
  ['audit', ({ retention }) => retention.auditMs, records.pruneAudit],
  ['idempotency_keys', () => day, leftovers.pruneKeys],
  ['task_steps', () => day, leftovers.pruneSteps],
  ['workers', () => day, leftovers.pruneWorkers],
  ['webhook_lanes', () => day, leftovers.pruneLanes],
  ['rate_windows', () => day, leftovers.pruneRateWindows],
  ['review_failures', () => day, leftovers.pruneReviewFailures],
]

/** Removes expired rows, of one kind or of all. @returns how many rows of each kind */
export async function pruneAll(ctx: Context, only?: string): Promise<Record<string, number>> {
  const removed: Record<string, number> = {}
  for (const [name, retention, batch] of kinds) {
    const ms = only === undefined || only === name ? retention(ctx) : null
    if (ms !== null) removed[name] = await prune(ctx, name, beforeTime(new Date(ctx.clock.now().getTime() - ms)), batch)
  }
  return removed
}

/** The chores that keep the database and the store from growing forever. */
export const retentionChores: readonly Chore[] = [
  ...kinds.map(([name, retention, batch]): Chore => ({
    name,
    everyMs: 10 * minute,
    shared: true,
    run: async (ctx, signal) => {
      const ms = retention(ctx)
      if (ms === null) return
      await prune(ctx, name, beforeTime(new Date(ctx.clock.now().getTime() - ms)), batch, { signal })
    },
  })),
  { name: 'files', everyMs: minute, shared: true, run: sweepFiles },
  { name: 'orphans', everyMs: day, shared: true, run: findOrphans },
  { name: 'temporary_files', everyMs: hour, shared: false, run: sweepTemporary },
]
