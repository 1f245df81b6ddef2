import type { ProfileRow } from '../rows.ts'

export type AccountStatus = 'created_pending_warmup' | 'warming_up' | 'ready'

/** How far an account's warm-up is, as the profile PATCH page's family tells it; all of it follows from the one lifecycle. */
export interface WarmupStanding {
  status: AccountStatus
  /** 0 before the first run, then 1 to 7; 7 once ready. */
  day: number
  startedAt: Date | null
  completedAt: Date | null
}

const dayMs = 86_400_000
const lastDay = 7

/** Reads the standing off a profile's row. Days are whole days of 24 hours since the first run. */
export function warmupStanding(row: Pick<ProfileRow, 'first_run_at' | 'ready_at'>, now: Date): WarmupStanding {
  const { first_run_at: startedAt, ready_at: completedAt } = row
  if (completedAt) return { status: 'ready', day: lastDay, startedAt, completedAt }
  if (!startedAt) return { status: 'created_pending_warmup', day: 0, startedAt, completedAt }
  const since = Math.max(Math.floor((now.getTime() - startedAt.getTime()) / dayMs), 0)
  return { status: 'warming_up', day: Math.min(1 + since, lastDay), startedAt, completedAt }
}
