import type { ProfileRow } from '../../kernel/rows.ts'

/** The first three are Infinipost's; the last two are the final statuses of the profile. */
export const accountStatuses = ['created_pending_warmup', 'warming_up', 'ready', 'failed', 'deactivated'] as const
export type AccountStatus = (typeof accountStatuses)[number]

/**
 * How far an account's warm-up has come, in the terms of the accounts family; all of it is derived from the profile's
 * lifecycle.
 */
export interface WarmupStanding {
  status: AccountStatus
  /** 0 before the first run, then 1 to 7; 7 once ready. */
  day: number
  startedAt: Date | null
  completedAt: Date | null
}

const dayMs = 86_400_000
const lastDay = 7

function dayOf(
  { first_run_at: startedAt, ready_at: completedAt }: Pick<ProfileRow, 'first_run_at' | 'ready_at'>,
  now: Date,
): number {
  if (completedAt) return lastDay
  if (!startedAt) return 0
  const since = Math.max(Math.floor((now.getTime() - startedAt.getTime()) / dayMs), 0)
  return Math.min(1 + since, lastDay)
}

function statusOf({ status, first_run_at, ready_at }: Pick<ProfileRow, 'status' | 'first_run_at' | 'ready_at'>): AccountStatus {
  if (status === 'failed' || status === 'deactivated') return status
  if (ready_at) return 'ready'
  return first_run_at ? 'warming_up' : 'created_pending_warmup'
}

/** {@link statusOf} as SQL; the index `profiles_by_account_status` has it to the letter. */
export const accountStatusSql = `(case when status in ('failed', 'deactivated') then status when ready_at is not null then 'ready' when first_run_at is not null then 'warming_up' else 'created_pending_warmup' end)`

/** Derives the standing from a profile's row. Days are full days of 24 hours since the first run. */
export function warmupStanding(row: Pick<ProfileRow, 'status' | 'first_run_at' | 'ready_at'>, now: Date): WarmupStanding {
  return { status: statusOf(row), day: dayOf(row, now), startedAt: row.first_run_at, completedAt: row.ready_at }
}
