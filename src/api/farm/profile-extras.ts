import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { setPacing } from '../../domain/profiles/pacing.ts'
import { profileTimeline } from '../../domain/profiles/timeline.ts'
import type { App } from '../http/app.ts'
import { durationsMs } from '../common/durations.ts'
import { pacingShape, presentPacing } from '../common/pacing.ts'
import { id, nullable, object, oneOf, pageBody, pageOf, pageQuery, pageRequest, time } from '../http/shapes.ts'

const tags = ['Farm profiles']
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
export function profileExtras(app: App, ctx: Context): void {
  app.get(
    '/v1/farm-profiles/:profile_id/timeline',
    {
      schema: {
        summary: 'Get every status change and task of a profile, newest first, with its reason',
        tags,
        params,
        querystring: pageQuery({}),
        response: { 200: pageOf(entry) },
      },
    },
    async ({ caller, params, query }) =>
      pageBody(await profileTimeline(ctx, caller, params.profile_id, pageRequest(query)), (row) => ({
        at: row.created_at.toISOString(),
        kind: row.kind,
        task_id: row.task_id,
        task_kind: row.task_kind,
        from: row.from_status,
        to: row.to_status,
        reason: row.reason,
      })),
  )
  app.put(
    '/v1/farm-profiles/:profile_id/pacing',
    {
      schema: {
        summary: 'Set a profile’s own pacing',
        description:
          'A post that would break it is rejected with `cadence_exceeded` and the next free time. Null: not limited in this respect.',
        tags,
        params,
        body: pacingShape,
        response: { 200: pacingShape },
      },
    },
    ({ params, body }, reply) =>
      reply.carryOut((unit) => {
        const { ms = null } = durationsMs({ ms: { text: body.min_gap, path: 'min_gap' } })
        return setPacing(unit, params.profile_id, { maxPerDay: body.max_per_day, minGapMs: ms })
      }, presentPacing),
  )
  app.delete(
    '/v1/farm-profiles/:profile_id/pacing',
    { schema: { summary: 'Restore the team’s pacing for a profile', tags, params, response: { 200: pacingShape } } },
    ({ params }, reply) => reply.carryOut((unit) => setPacing(unit, params.profile_id, null), presentPacing),
  )
}
