import { sql } from 'kysely'
import { wakeProfile } from '../../jobs/definitions.ts'
import type { JsonObject } from '../../lib/json.ts'
import { CroftError } from '../errors.ts'
import type { TeamRow } from '../rows.ts'
import { policyOf } from '../warmup/policy.ts'
import { recordAudit } from '../write/record.ts'
import type { Scope, Tx } from '../write/scope.ts'

const columns = {
  runs: 'warmup_runs',
  spanMs: 'warmup_span_ms',
  sessionMs: 'warmup_session_ms',
  intervalMs: 'warmup_interval_ms',
  maintenanceMs: 'warmup_maintenance_ms',
  maxPerDay: 'pacing_max_per_day',
  minGapMs: 'pacing_min_gap_ms',
} as const

/** Null returns a value to the server's default, or lifts a limit. */
export type TeamChanges = Partial<Record<keyof typeof columns, number | null>>

const shown = (team: TeamRow): JsonObject =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, team[column]]))

/** Runs that are planned already move to where the new policy puts them. */
async function replan(tx: Tx, team: TeamRow): Promise<void> {
  const { intervalMs, maintenanceMs } = policyOf(team, tx.ctx.warmupDefaults)
  const moved = await sql<{ profile_id: string; run_at: Date }>`
    update tasks t set run_at = greatest(${tx.now}, last.ended_at + case when p.ready_at is null then ${intervalMs}::double precision else ${maintenanceMs}::double precision end * interval '1 millisecond'),
      updated_at = ${tx.now}
    from profiles p, lateral (
      select max(e.ended_at) as ended_at from tasks e
      where e.team_id = p.team_id and e.profile_id = p.id and e.kind = 'warmup' and e.status in ('done', 'failed')
    ) last
    where t.team_id = ${team.id} and t.kind = 'warmup' and t.status = 'queued' and last.ended_at is not null
      and p.team_id = t.team_id and p.id = t.profile_id
    returning t.profile_id, t.run_at`.execute(tx.trx)
  await tx.ctx.queue.sendAll(
    tx.trx,
    wakeProfile,
    moved.rows.map((row) => ({ data: { team_id: team.id, profile_id: row.profile_id }, at: row.run_at })),
  )
}

/** Changes the team's warm-up policy and pacing. @throws CroftError `nothing_to_update` */
export function updateTeam(scope: Scope, changes: TeamChanges): Promise<TeamRow> {
  const { teamId } = scope.caller
  const names = Object.keys(columns) as (keyof typeof columns)[]
  const set = Object.fromEntries(
    names.filter((name) => changes[name] !== undefined).map((name) => [columns[name], changes[name]]),
  )
  if (Object.keys(set).length === 0)
    throw new CroftError('nothing_to_update', 'Name at least one value of warmup or pacing to change.')
  return scope.commit(async (tx) => {
    const before = await tx.trx.selectFrom('teams').selectAll().where('id', '=', teamId).forNoKeyUpdate().executeTakeFirstOrThrow()
    const team = await tx.trx
      .updateTable('teams')
      .set({ ...set, updated_at: tx.now })
      .where('id', '=', teamId)
      .returningAll()
      .executeTakeFirstOrThrow()
    await replan(tx, team)
    await recordAudit(tx, 'team.update', `team:${teamId}`, shown(before), shown(team))
    return team
  })
}
