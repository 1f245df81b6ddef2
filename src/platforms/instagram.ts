import type { PlatformRules } from './rules.ts'

const asOf = '2026-11-21'

export const instagram: PlatformRules = {
  label: 'Instagram',
  username: {
    form: {
      value: /^(?!\.)(?!.*\.\.)[A-Za-z0-9_.]{1,30}(?<!\.)$/,
      unit: 'pattern',
      description: '1 to 30 letters, digits, periods and underscores, with no period first, last or twice in a row',
      source: 'third parties (qainsta.com/qa/view/how-should-a-username-look-on-instagram); the rule for periods is unverified',
      asOf,
    },
    patchable: {
      value: true,
      unit: 'yes or no',
      description: 'changes over PATCH /v1/accounts/{accountId}/profile, as often as desired',
      source: 'Infinipost, profile PATCH',
      asOf,
    },
  },
  name: {
    most: {
      value: 30,
      unit: 'code points',
      description: 'longest display name',
      source: 'TokPortal, Account Configuration and Account Edit Request',
      asOf,
    },
    form: {
      value: /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}]+$/u,
      unit: 'pattern',
      description: 'one line of text that is not blank',
      source: 'third parties (qainsta.com/qa/view/what-is-a-profile-name-on-instagram)',
      asOf,
    },
    every: {
      value: 14,
      unit: 'days of 24 hours',
      description: 'between two changes of the display name',
      source: 'Infinipost, profile PATCH',
      asOf,
    },
    fromWarmup: {
      value: 0,
      unit: 'days of 24 hours',
      description: 'from the start of the first warm-up run to the first change',
      source: 'Infinipost, profile PATCH',
      asOf,
    },
  },
  bio: {
    most: { value: 150, unit: 'code points', description: 'longest bio', source: 'spec section 3', asOf },
    link: {
      value: true,
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
