import { invalid } from '../../kernel/errors.ts'

/** The moment that a `date-time` names. @throws CroftError if the moment does not exist, such as a leap second */
export function instant(text: string, path: string): Date {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw invalid([{ path, message: 'is not a moment that this server knows' }])
  return date
}
