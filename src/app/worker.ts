import { hostname } from 'node:os'
import { sql } from 'kysely'
import type { Context } from '../kernel/context.ts'
import { retentionChores } from '../domain/retention/chores.ts'
import { finalizeDueReviews } from '../domain/reviews/finalize-due.ts'
import { sweep } from '../domain/tasks/sweep.ts'
import { carryOutDue } from '../domain/tasks/wake.ts'
import { startCourier } from '../domain/webhooks/courier.ts'
import { mendLanes } from '../domain/webhooks/lanes.ts'
import { lapseClaims } from '../people/lapse.ts'
import { wakeProfile } from '../jobs/definitions.ts'
import { newId } from '../lib/ids.ts'
import { startChores } from '../engine/chores/start.ts'
import { startMedia } from './media.ts'

export interface Worker {
  id: string
  /** Nothing more is begun; what runs is given `graceMs` and then handed back. */
  stop(graceMs: number): Promise<void>
}

/** A loop that has not asked for work for so long is taken to be stuck. */
const aliveMs = 15_000

/** Says in the database that this worker lives, for /readyz on any process. */
const register = (ctx: Context, id: string, role: string) =>
  ctx.db
    .insertInto('workers')
    .values({ id, role, host: hostname(), pid: process.pid, started_at: sql`now()`, polled_at: sql`now()` })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ polled_at: sql`now()` }))
    .execute()

/** Begins to carry work out. `sweepMs`: how often it says that it lives, and looks for work that no job holds. */
export async function startWorker(ctx: Context, options: { role: string; sweepMs: number }): Promise<Worker> {
  const id = newId()
  const { queue } = ctx
  await register(ctx, id, options.role)
  await queue.work(wakeProfile, (data, signal) => carryOutDue(ctx, data.team_id, data.profile_id, id, signal))
  const media = startMedia(ctx)
  const courier = startCourier(ctx)
  const isAlive = () => queue.isPolling() && [...media, courier].every((loop) => loop.isAlive(aliveMs))
  const often = { everyMs: 0, shared: false }
  const chores = startChores(
    ctx,
    [
      { name: 'sign_of_life', ...often, run: async () => isAlive() && register(ctx, id, options.role) },
      { name: 'lapse_claims', ...often, run: lapseClaims },
      { name: 'sweep', ...often, run: sweep },
      { name: 'reviews', ...often, run: finalizeDueReviews },
      { name: 'mend_lanes', everyMs: 60_000, shared: true, run: mendLanes },
      ...retentionChores,
    ],
    options.sweepMs,
  )
  return {
    id,
    async stop(graceMs) {
      await Promise.all([...media.map((loop) => loop.stop(graceMs)), courier.stop(), chores.stop(graceMs)])
      await ctx.db.deleteFrom('workers').where('id', '=', id).execute()
    },
  }
}
