/** Length in Unicode code points, the unit of every text limit. */
export const codePoints = (text: string): number => Array.from(text).length

/** Whether Postgres can hold the text: no NUL, no half of a surrogate pair. */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

/** Joins names as in a sentence: `a`, `a and b`, `a, b and c`. */
export function list(names: readonly string[], conjunction = 'and'): string {
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} ${conjunction} ${names.at(-1) ?? ''}`
}
