import type { Tables } from '../../db/schema.ts'
import type { Selectable } from 'kysely'
import type { WarmupPolicy } from '../../kernel/context.ts'

export type { WarmupPolicy }

type Team = Pick<
  Selectable<Tables['teams']>,
  'warmup_runs' | 'warmup_span_ms' | 'warmup_session_ms' | 'warmup_interval_ms' | 'warmup_maintenance_ms'
>

/** The team's policy: its own values if set, else the server's. */
export const policyOf = (team: Team, defaults: WarmupPolicy): WarmupPolicy => ({
  runs: team.warmup_runs ?? defaults.runs,
  spanMs: team.warmup_span_ms ?? defaults.spanMs,
  sessionMs: team.warmup_session_ms ?? defaults.sessionMs,
  intervalMs: team.warmup_interval_ms ?? defaults.intervalMs,
  maintenanceMs: team.warmup_maintenance_ms ?? defaults.maintenanceMs,
})

/** The policy of one profile: its own values if set, else the team's. */
export const profilePolicyOf = (own: Team, team: Team, defaults: WarmupPolicy): WarmupPolicy =>
  policyOf(own, policyOf(team, defaults))

/** Values of the profile's own; null or omitted: the team's. */
export type ProfilePolicy = Partial<Record<keyof WarmupPolicy, number | null>>

/** The warm-up history of a profile. Only successful runs count: the first one's start, the last one's end. */
export interface WarmupHistory {
  runsCompleted: number
  firstRunAt: Date | null
  lastRunEndedAt: Date | null
}

/** Whether enough runs over enough time are done. Algorhythm's page Update a farm profile: at least 7 over at least 7 days. */
export function isWarmedUp(policy: WarmupPolicy, history: WarmupHistory): boolean {
  if (policy.runs === 0) return true
  const { runsCompleted, firstRunAt, lastRunEndedAt } = history
  if (runsCompleted < policy.runs || !firstRunAt || !lastRunEndedAt) return false
  return lastRunEndedAt.getTime() - firstRunAt.getTime() >= policy.spanMs
}

/**
 * The earliest time at which the profile can be ready if every run from now on succeeds.
 * @param nextRunAt start of the next run, or of the current one
 */
export function readyAtEarliest(policy: WarmupPolicy, history: WarmupHistory, nextRunAt: Date): Date {
  const cycle = policy.sessionMs + policy.intervalMs
  const firstAt = (history.firstRunAt ?? nextRunAt).getTime()
  const endOf = (run: number) => nextRunAt.getTime() + run * cycle + policy.sessionMs
  const byRuns = Math.max(policy.runs - history.runsCompleted - 1, 0)
  const missing = firstAt + policy.spanMs - endOf(0)
  const bySpan = Math.max(Math.ceil(missing / cycle), 0)
  return new Date(endOf(Math.max(byRuns, bySpan)))
}
