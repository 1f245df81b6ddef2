/** One rule: its value in `unit`, in words, its source, and the day on which the source was read. */
export interface Rule<T> {
  value: T
  unit: string
  description: string
  source: string
  asOf: string
}

/** What a platform requires of a profile. Lengths count Unicode code points; cooldowns count absolute time. */
export interface PlatformRules {
  /** The platform's name as people write it. */
  label: string
  username: { form: Rule<RegExp>; patchable: Rule<boolean> }
  name: { most: Rule<number>; form: Rule<RegExp>; every: Rule<number>; fromWarmup: Rule<number> }
  bio: { most: Rule<number>; link: Rule<boolean> }
  picture: { square: Rule<boolean> }
}

const dayMs = 86_400_000

/** A rule in days as milliseconds: each day has 24 hours, whatever daylight saving time does. */
export const daysInMs = (rule: Rule<number>): number => rule.value * dayMs
