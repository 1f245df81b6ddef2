import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { pacingOf } from '../../domain/profiles/pacing.ts'
import type { TeamRow } from '../../kernel/rows.ts'
import { getTeam } from '../../domain/teams/get.ts'
import { updateTeam, type TeamChanges } from '../../domain/teams/update.ts'
import { policyOf } from '../../domain/profiles/warmup-policy.ts'
import { formatDuration } from '../../lib/durations.ts'
import { pacingShape, presentPacing } from './pacing.ts'
import type { App } from '../http/app.ts'
import { id, object, time } from '../http/shapes.ts'
import { durationShape, durationsMs } from './durations.ts'
import { warmupDurations, warmupInput } from './warmup.ts'

const warmupShape = object({
  runs: Type.Integer(),
  span: durationShape,
  session: durationShape,
  interval: durationShape,
  maintenance: durationShape,
})
const teamShape = object({
  team_id: id,
  name: Type.String(),
  warmup: warmupShape,
  pacing: pacingShape,
  created_at: time,
  updated_at: time,
})

const changes = object({
  warmup: Type.Optional(warmupInput),
  pacing: Type.Optional(Type.Partial(pacingShape, { additionalProperties: false })),
})

const presentTeam = (ctx: Context, team: TeamRow): Static<typeof teamShape> => {
  const policy = policyOf(team, ctx.warmupDefaults)
  return {
    team_id: team.id,
    name: team.name,
    warmup: {
      runs: policy.runs,
      span: formatDuration(policy.spanMs),
      session: formatDuration(policy.sessionMs),
      interval: formatDuration(policy.intervalMs),
      maintenance: formatDuration(policy.maintenanceMs),
    },
    pacing: presentPacing(pacingOf(team)),
    created_at: team.created_at.toISOString(),
    updated_at: team.updated_at.toISOString(),
  }
}

function teamChanges({ warmup, pacing }: Static<typeof changes>): TeamChanges {
  return {
    ...(warmup?.runs === undefined ? {} : { runs: warmup.runs }),
    ...(pacing?.max_per_day === undefined ? {} : { maxPerDay: pacing.max_per_day }),
    ...durationsMs({
      ...warmupDurations(warmup),
      minGapMs: { text: pacing?.min_gap, path: 'pacing.min_gap' },
    }),
  }
}

const tags = ['Team']

/** The team itself: its warm-up policy and its pacing. */
export function teamRoutes(app: App, ctx: Context): void {
  app.get(
    '/v1/team',
    { schema: { summary: 'Get the team of the key', tags, response: { 200: teamShape } } },
    async ({ caller }) => presentTeam(ctx, await getTeam(ctx.db, caller.teamId)),
  )
  app.patch(
    '/v1/team',
    {
      schema: {
        summary: 'Change the team’s warm-up policy and pacing',
        description:
          'Omitted members stay; null restores the server’s default, or lifts a limit. Runs that are already planned move to the time under the new policy.',
        tags,
        body: changes,
        response: { 200: teamShape },
      },
    },
    ({ body }, reply) =>
      reply.carryOut(
        (unit) => updateTeam(unit, teamChanges(body)),
        (team) => presentTeam(ctx, team),
      ),
  )
}
