import { hostname } from 'node:os'
import { sql } from 'kysely'
import { findLostChecks } from '../domain/bundles/check-video.ts'
import type { Context } from '../kernel/context.ts'
import { retentionChores } from '../domain/retention/chores.ts'
import { finalizeDueReviews } from '../domain/reviews/finalize-due.ts'
import { sweep } from '../domain/tasks/sweep.ts'
import { carryOutDue } from '../domain/tasks/wake.ts'
import { startCourier } from '../domain/webhooks/courier.ts'
import { lapseClaims } from '../people/lapse.ts'
import { wakeProfile } from '../jobs/definitions.ts'
import { newId } from '../lib/ids.ts'
import { startChores } from '../engine/chores/start.ts'
import { workOnMedia } from './media-jobs.ts'

export interface Worker {
  id: string
  stop(): Promise<void>
}

/** Records in the database that this worker is alive, for /readyz on any process. */
const register = (ctx: Context, id: string, role: string) =>
  ctx.db
    .insertInto('workers')
    .values({ id, role, host: hostname(), pid: process.pid, started_at: sql`now()`, polled_at: sql`now()` })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ polled_at: sql`now()` }))
    .execute()

/** Starts to carry work out. `sweepMs`: how often it records that it is alive, and looks for work that no job holds. */
export async function startWorker(ctx: Context, options: { role: string; sweepMs: number }): Promise<Worker> {
  const id = newId()
  const { queue } = ctx
  await register(ctx, id, options.role)
  await queue.work(wakeProfile, (data, signal) => carryOutDue(ctx, data.team_id, data.profile_id, id, signal))
  await workOnMedia(ctx)
  const courier = startCourier(ctx)
  const often = { everyMs: 0, shared: false }
  const chores = startChores(
    ctx,
    [
      { name: 'sign_of_life', ...often, run: async () => queue.isPolling() && register(ctx, id, options.role) },
      { name: 'lapse_claims', ...often, run: lapseClaims },
      { name: 'sweep', ...often, run: sweep },
      { name: 'lost_checks', ...often, run: findLostChecks },
      { name: 'reviews', ...often, run: finalizeDueReviews },
      ...retentionChores,
    ],
    options.sweepMs,
  )
  return {
    id,
    async stop() {
      await courier.stop()
      await chores.stop()
      await ctx.db.deleteFrom('workers').where('id', '=', id).execute()
    },
  }
}
