import { sql } from 'kysely'
import { releaseTasks } from '../../engine/tasks/park.ts'
import type { JsonObject } from '../../lib/json.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { ProfileRow, TeamRow } from '../../kernel/rows.ts'
import { planRun } from '../warmup/plan.ts'
import { policyOf, type WarmupPolicy } from '../profiles/warmup-policy.ts'
import { cancelWork } from '../../people/queue.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork, Tx } from '../../kernel/unit-of-work.ts'

const columns = {
  runs: 'warmup_runs',
  spanMs: 'warmup_span_ms',
  sessionMs: 'warmup_session_ms',
  intervalMs: 'warmup_interval_ms',
  maintenanceMs: 'warmup_maintenance_ms',
  maxPerDay: 'pacing_max_per_day',
  minGapMs: 'pacing_min_gap_ms',
} as const

/** Null restores the server's default, or lifts a limit. */
export type TeamChanges = Partial<Record<keyof typeof columns, number | null>>

const auditValues = (team: TeamRow): JsonObject =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, team[column]]))

/** A profile's last run, however it ended. */
const lastRun = sql`lateral (
  select max(e.ended_at) as ended_at from tasks e
  where e.team_id = p.team_id and e.profile_id = p.id and e.kind = 'warmup' and e.status in ('done', 'failed')
) last`
/** A duration of the policy in force for the profile `p`: its own, else the team's. */
const ms = (own: string, value: number) =>
  sql`coalesce(${sql.ref(`p.${own}`)}, ${value}::double precision) * interval '1 millisecond'`

/** Runs that are already planned move to the time under the new policy; a warm profile that needs no more runs is checked now. */
async function moveRuns(tx: Tx, team: TeamRow, policy: WarmupPolicy): Promise<void> {
  const moved = await sql<{ profile_id: string; run_at: Date }>`
    update tasks t set updated_at = ${tx.now}, parked = false, run_at = greatest(${tx.now}, case
      when p.ready_at is not null then coalesce(last.ended_at, p.ready_at) + ${ms('warmup_maintenance_ms', policy.maintenanceMs)}
      when p.status = 'warm' and (coalesce(p.warmup_runs, ${policy.runs}) = 0 or (p.runs_completed >= coalesce(p.warmup_runs, ${policy.runs})
        and p.last_run_ended_at - p.first_run_at >= ${ms('warmup_span_ms', policy.spanMs)})) then ${tx.now}
      else last.ended_at + ${ms('warmup_interval_ms', policy.intervalMs)} end)
    from profiles p, ${lastRun}
    where t.team_id = ${team.id} and t.kind = 'warmup' and t.status = 'queued' and (last.ended_at is not null or p.ready_at is not null)
      and p.team_id = t.team_id and p.id = t.profile_id
    returning t.profile_id, t.run_at`.execute(tx.trx)
  await releaseTasks(
    tx.trx,
    moved.rows.map(({ profile_id }) => ({ team_id: team.id, profile_id })),
  )
  tx.wake('tasks')
}

/** Runs that wait for a person to start them, and that the new policy does not require, are checked now. */
async function withdrawRuns(tx: Tx, team: TeamRow, policy: WarmupPolicy): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    update tasks t set status = 'queued', parked = false, run_at = ${tx.now}, updated_at = ${tx.now}
    from profiles p
    where t.team_id = ${team.id} and t.kind = 'warmup' and t.status = 'pending'
      and p.team_id = t.team_id and p.id = t.profile_id
      and ((p.status = 'ready' and coalesce(p.warmup_maintenance_ms, ${policy.maintenanceMs}) = 0)
        or (p.status = 'warm' and (coalesce(p.warmup_runs, ${policy.runs}) = 0 or (p.runs_completed >= coalesce(p.warmup_runs, ${policy.runs})
          and p.last_run_ended_at - p.first_run_at >= ${ms('warmup_span_ms', policy.spanMs)}))))
    returning t.id`.execute(tx.trx)
  for (const { id } of rows) await cancelWork(tx, { taskId: id })
  tx.wake('tasks')
}

/** Ready profiles without a planned run, because the policy required none, get one. */
async function planMissing(tx: Tx, team: TeamRow, policy: WarmupPolicy): Promise<void> {
  const { rows } = await sql<ProfileRow & { since: Date }>`
    select p.*, coalesce(last.ended_at, p.ready_at) as since
    from profiles p, ${lastRun}
    where p.team_id = ${team.id} and p.status = 'ready' and coalesce(p.warmup_maintenance_ms, ${policy.maintenanceMs}) > 0 and not exists (
      select from tasks t where t.team_id = p.team_id and t.profile_id = p.id and t.kind = 'warmup' and t.status in ('pending', 'queued', 'running', 'waiting')
    )
    order by p.id for no key update of p`.execute(tx.trx)
  for (const row of rows) {
    const own = policyOf(row, policy)
    const pause = row.since.getTime() + own.maintenanceMs - tx.now.getTime()
    await planRun(tx, row, own, Math.max(pause, 0))
  }
}

/** Changes the team's warm-up policy and pacing. @throws CroftError `nothing_to_update` */
export function updateTeam(unit: UnitOfWork, changes: TeamChanges): Promise<TeamRow> {
  const { teamId } = unit.caller
  const names = Object.keys(columns) as (keyof typeof columns)[]
  const set = Object.fromEntries(
    names.filter((name) => changes[name] !== undefined).map((name) => [columns[name], changes[name]]),
  )
  if (Object.keys(set).length === 0)
    throw new CroftError('nothing_to_update', 'Name at least one value of warmup or pacing to change.')
  return unit.commit(async (tx) => {
    const before = await tx.trx
      .selectFrom('teams')
      .selectAll()
      .where('id', '=', teamId)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow()
    const team = await tx.trx
      .updateTable('teams')
      .set({ ...set, updated_at: tx.now })
      .where('id', '=', teamId)
      .returningAll()
      .executeTakeFirstOrThrow()
    const policy = policyOf(team, tx.ctx.warmupDefaults)
    await moveRuns(tx, team, policy)
    await withdrawRuns(tx, team, policy)
    await planMissing(tx, team, policy)
    await recordAudit(tx, 'team.update', `team:${teamId}`, auditValues(before), auditValues(team))
    return team
  })
}
