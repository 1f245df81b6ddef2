import type { PlatformRules } from './rules.ts'

export const instagram: PlatformRules = {
  username: {
    pattern: /^(?!\.)(?!.*\.\.)[A-Za-z0-9_.]{1,30}(?<!\.)$/,
    says: '1 to 30 letters, digits, periods and underscores, no period first, last or twice in a row',
  },
  bio: { max: 150 },
  source: 'help.instagram.com: username and bio on a profile',
  asOf: '2026-11-21',
}
