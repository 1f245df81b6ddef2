import { platforms, type Rule } from '../src/platforms/index.ts'

export const ruleHead = ['field', 'rule', 'value', 'unit', 'source', 'read on'] as const

function valueOf({ value }: Rule<unknown>): string {
  if (value instanceof RegExp) return `\`${String(value)}\``
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return String(value)
}

/** The rows of a platform's table in platform-rules.md. */
export function ruleRows(platform: keyof typeof platforms): string[][] {
  const { username, name, bio, picture } = platforms[platform]
  return Object.entries({ username, name, bio, picture }).flatMap(([field, rules]) =>
    Object.values<Rule<unknown>>(rules).map((rule) => [
      field,
      rule.description,
      valueOf(rule),
      rule.unit,
      rule.source,
      rule.asOf,
    ]),
  )
}
