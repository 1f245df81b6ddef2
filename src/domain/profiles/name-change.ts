import { sql, type RawBuilder } from 'kysely'
import type { Platform } from '../../db/schema.ts'
import { daysInMs, platforms } from '../../platforms/index.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { ProfileRow } from '../../kernel/rows.ts'

type Named = Pick<ProfileRow, 'platform' | 'name_changed_at' | 'first_run_at' | 'ready_at'>

/** `nextAllowedAt` is null before any warm-up run, when the time is unknown. */
export interface NameRestriction {
  nextAllowedAt: Date | null
}

/** What prevents the display name from being changed at `now`, or null. Source: the platform's rules. */
export function nameRestriction(profile: Named, now: Date): NameRestriction | null {
  const { every, fromWarmup } = platforms[profile.platform].name
  const allowedFrom: number[] = []
  if (profile.name_changed_at) allowedFrom.push(profile.name_changed_at.getTime() + daysInMs(every))
  if (fromWarmup.value > 0 && !profile.ready_at) {
    if (!profile.first_run_at) return { nextAllowedAt: null }
    allowedFrom.push(profile.first_run_at.getTime() + daysInMs(fromWarmup))
  }
  const next = Math.max(...allowedFrom)
  return next > now.getTime() ? { nextAllowedAt: new Date(next) } : null
}

/** The same as a condition on the row, so that of two concurrent changes the second finds the name already changed. */
export function nameMayChange(platform: Platform, now: Date): RawBuilder<boolean> {
  const { every, fromWarmup } = platforms[platform].name
  const ago = (ms: number) => new Date(now.getTime() - ms)
  const passed = fromWarmup.value > 0 ? sql`(ready_at is not null or first_run_at <= ${ago(daysInMs(fromWarmup))})` : sql`true`
  return sql<boolean>`((name_changed_at is null or name_changed_at <= ${ago(daysInMs(every))}) and ${passed})`
}

/** The refusal as Infinipost's profile PATCH words it, with the date in UTC. */
export function nameRestricted(platform: Platform, { nextAllowedAt }: NameRestriction, now: Date): CroftError {
  const { label, name } = platforms[platform]
  if (!nextAllowedAt)
    return new CroftError(
      'name_change_restricted',
      `You can change your ${label} name after day ${name.fromWarmup.value} of warm-up`,
      { nextAllowedAt: null },
    )
  const at = nextAllowedAt.toISOString()
  const seconds = Math.ceil((nextAllowedAt.getTime() - now.getTime()) / 1_000)
  return new CroftError(
    'name_change_restricted',
    `You can change your ${label} name again on ${at.slice(0, 10)}`,
    { nextAllowedAt: at },
    seconds,
  )
}

/** @throws CroftError `name_change_restricted` */
export function requireNameChange(profile: Named, now: Date): void {
  const restriction = nameRestriction(profile, now)
  if (restriction) throw nameRestricted(profile.platform, restriction, now)
}
