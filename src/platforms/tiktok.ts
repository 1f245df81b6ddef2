import type { PlatformRules } from './rules.ts'

export const tiktok: PlatformRules = {
  username: {
    pattern: /^[A-Za-z0-9_.]{1,23}[A-Za-z0-9_]$/,
    says: '2 to 24 letters, digits, periods and underscores, the last no period',
  },
  bio: { max: 80 },
  source: 'support.tiktok.com: changing your username; seed page 4',
  asOf: '2026-11-21',
}
