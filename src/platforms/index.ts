import { instagram } from './instagram.ts'
import type { PlatformRules } from './rules.ts'
import { tiktok } from './tiktok.ts'

export { soundUrl } from './sounds.ts'
export { managedAccount } from './managed.ts'
export { daysInMs, type PlatformRules, type Rule } from './rules.ts'

/** The platforms' rules as data. All code that enforces a rule reads it here. */
export const platforms = { tiktok, instagram } as const satisfies Record<string, PlatformRules>
