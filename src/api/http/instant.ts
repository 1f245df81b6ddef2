import { invalid } from '../../kernel/errors.ts'

/** The moment that a `date-time` names. @throws CroftError where there is no such moment, as a leap second */
export function instant(text: string, path: string): Date {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw invalid([{ path, message: 'is no moment that this server knows' }])
  return date
}
