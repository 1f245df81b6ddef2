import type { Platform } from '../../db/schema.ts'
import type { DriverProfile } from '../contract.ts'

const names: Readonly<Record<Platform, string>> = { tiktok: 'TikTok', instagram: 'Instagram' }

/** The platform's name, as the person knows it. */
export const appOf = (profile: DriverProfile): string => names[profile.platform]

/** Steps, numbered, one a line. */
export const steps = (...lines: (string | null)[]): string =>
  lines
    .filter((line) => line !== null)
    .map((line, index) => `${index + 1}. ${line}`)
    .join('\n')

/** Which phone to take. One that nobody has named yet stands in no brief. */
export const takePhone = ({ phoneName }: DriverProfile): string =>
  phoneName === null ? 'Take the phone on which the account lives' : `Take the phone ${phoneName}`

/** The step that brings the person to the account. */
export const openAccount = (profile: DriverProfile): string =>
  `${takePhone(profile)} and open ${appOf(profile)} as @${profile.username}.`

export const couldNot =
  'If it cannot be done, fail the item with a code and a sentence that says why; with the code try_again it is put into the queue once more.'
