import type { Platform } from '../../db/schema.ts'
import type { DriverProfile } from '../contract.ts'

const names: Readonly<Record<Platform, string>> = { tiktok: 'TikTok', instagram: 'Instagram' }

/** The platform's name, as people know it. */
export const appOf = (profile: DriverProfile): string => names[profile.platform]

/** Numbered steps, one per line. */
export const steps = (...lines: (string | null)[]): string =>
  lines
    .filter((line) => line !== null)
    .map((line, index) => `${index + 1}. ${line}`)
    .join('\n')

/** Which phone to take. A brief does not mention a phone that has no name yet. */
export const takePhone = ({ phoneName }: DriverProfile): string =>
  phoneName === null ? 'Take the phone that hosts the account' : `Take the phone ${phoneName}`

/** The step that takes the person to the account. */
export const openAccount = (profile: DriverProfile): string =>
  `${takePhone(profile)} and open ${appOf(profile)} as @${profile.username}.`

export const couldNot =
  'If it cannot be done, fail the item with a code and a sentence that gives the reason; with the code try_again it goes into the queue again.'
