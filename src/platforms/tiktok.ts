import type { PlatformRules } from './rules.ts'

const asOf = '2026-11-21'
const help = 'support.tiktok.com/en/getting-started/setting-up-your-profile'

export const tiktok: PlatformRules = {
  label: 'TikTok',
  username: {
    form: {
      value: /^[A-Za-z0-9_.]{1,23}[A-Za-z0-9_]$/,
      unit: 'pattern',
      description: '2 to 24 letters, digits, periods and underscores, not ending in a period',
      source: `${help}/changing-your-username; TokPortal, Account Configuration`,
      asOf,
    },
    patchable: {
      value: false,
      unit: 'yes or no',
      description: 'changes over PATCH /v1/accounts/{accountId}/profile',
      source: 'Infinipost, profile PATCH',
      asOf,
    },
  },
  name: {
    most: {
      value: 30,
      unit: 'code points',
      description: 'longest display name',
      source: `${help}/changing-your-nickname; TokPortal, Account Configuration and Account Edit Request`,
      asOf,
    },
    form: {
      value: /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}]+$/u,
      unit: 'pattern',
      description: 'one line of text that is not blank',
      source: `${help}/changing-your-nickname`,
      asOf,
    },
    every: {
      value: 7,
      unit: 'days of 24 hours',
      description: 'between two changes of the display name',
      source: `Infinipost, profile PATCH; ${help}/changing-your-nickname`,
      asOf,
    },
    fromWarmup: {
      value: 5,
      unit: 'days of 24 hours',
      description: 'from the start of the first warm-up run to the first change, unless the profile is or has been ready',
      source: 'Infinipost, profile PATCH',
      asOf,
    },
  },
  bio: {
    most: {
      value: 80,
      unit: 'code points',
      description: 'longest bio',
      source: 'TokPortal, Account Configuration and Account Edit Request',
      asOf,
    },
    link: {
      value: false,
      unit: 'yes or no',
      description: 'takes a link in the bio',
      source: 'TokPortal, Account Configuration and Account Edit Request',
      asOf,
    },
  },
  picture: {
    square: {
      value: true,
      unit: 'yes or no',
      description: 'the profile picture is 1:1 (accounts family)',
      source: 'Infinipost, profile PATCH',
      asOf,
    },
  },
}
