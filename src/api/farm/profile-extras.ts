import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { setPacing } from '../../domain/profiles/pacing.ts'
import { profileTimeline } from '../../domain/profiles/timeline.ts'
import { readRoute, writeRoute } from '../http/route.ts'
import { durationsMs } from '../common/durations.ts'
import { pacingShape, presentPacing } from '../common/pacing.ts'
import { id, nullable, object, oneOf, pageBody, pageOf, pageQuery, pageRequest, time } from '../http/shapes.ts'

const params = object({ profile_id: id })

const entry = object({
  at: time,
  kind: oneOf('status', 'task', 'edit'),
  task_id: nullable(id),
  task_kind: nullable(oneOf('setup', 'warmup', 'profile_edit', 'publish')),
  from: nullable(Type.String()),
  to: Type.String(),
  reason: Type.String(),
})

/** The timeline and the pacing of one profile. */
export function farmProfileExtras(app: FastifyInstance, ctx: Context): void {
  readRoute(app, ctx, {
    family: 'farm',
    tag: 'Farm profiles',
    url: '/v1/farm-profiles/:profile_id/timeline',
    summary: 'Get every status change and task of a profile, newest first, with its reason',
    params,
    query: pageQuery({}),
    response: pageOf(entry),
    read: async (_, caller, input) =>
      pageBody(await profileTimeline(ctx, caller, input.params.profile_id, pageRequest(input.query)), (row) => ({
        at: row.created_at.toISOString(),
        kind: row.kind,
        task_id: row.task_id,
        task_kind: row.task_kind,
        from: row.from_status,
        to: row.to_status,
        reason: row.reason,
      })),
  })
  writeRoute(app, ctx, {
    family: 'farm',
    tag: 'Farm profiles',
    method: 'PUT',
    url: '/v1/farm-profiles/:profile_id/pacing',
    summary: 'Set a profile’s own pacing',
    description:
      'A post that would break it is rejected with `cadence_exceeded` and the next free time. Null: not limited in this respect.',
    params,
    body: pacingShape,
    response: pacingShape,
    write: (unit, input) =>
      setPacing(unit, input.params.profile_id, {
        maxPerDay: input.body.max_per_day,
        minGapMs: durationsMs({ ms: { text: input.body.min_gap, path: 'min_gap' } }).ms ?? null,
      }),
    present: (_, pacing) => presentPacing(pacing),
  })
  writeRoute(app, ctx, {
    family: 'farm',
    tag: 'Farm profiles',
    method: 'DELETE',
    url: '/v1/farm-profiles/:profile_id/pacing',
    summary: 'Restore the team’s pacing for a profile',
    params,
    response: pacingShape,
    write: (unit, input) => setPacing(unit, input.params.profile_id, null),
    present: (_, pacing) => presentPacing(pacing),
  })
}
