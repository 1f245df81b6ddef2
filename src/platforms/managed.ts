/** One rule for managed accounts: its value in `unit`, in words, its source, and the day on which the source was read. */
interface ManagedRule<T> {
  value: T
  unit: string
  description: string
  source: string
  asOf: string
}

const source = 'TokPortal, Account Configuration and Account Edit Request'
const asOf = '2026-11-21'

/**
 * What the portal family requires of the account that a manager sets up or edits. It is the same on every platform
 * except for the link. Lengths count Unicode code points.
 */
export const managedAccount = {
  username: {
    value: /^[A-Za-z0-9_.]{1,24}$/,
    unit: 'pattern',
    description: '1 to 24 letters, digits, periods and underscores',
    source,
    asOf,
  },
  visibleName: { value: 30, unit: 'code points', description: 'longest display name', source, asOf },
  biography: { value: 80, unit: 'code points', description: 'longest biography', source, asOf },
  linkInBio: { value: ['instagram'], unit: 'platforms', description: 'take a link in the bio', source, asOf },
} as const satisfies Record<string, ManagedRule<unknown>>
