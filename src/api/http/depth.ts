import { invalid } from '../../kernel/errors.ts'

/** Deeper than anything that a route takes, and far from where recursion would end the stack. */
const deepest = 32

const isDeep = (value: unknown, depth: number): boolean =>
  typeof value === 'object' && value !== null && (depth > deepest || Object.values(value).some((one) => isDeep(one, depth + 1)))

/** Refuses a body that is nested beyond all use. @throws CroftError `validation_error` */
export function requireShallow(body: unknown): void {
  if (isDeep(body, 1)) throw invalid([{ path: '', message: `the body is nested more than ${deepest} deep` }])
}
