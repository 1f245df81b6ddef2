import { invalid, type Detail } from '../../core/errors.ts'

/** Strings that no database keeps: with a NUL character, or half of a surrogate pair. */
const unkept = (text: string): boolean => text.includes('\0') || !text.isWellFormed()

/** Deeper than anything that a route takes, and far from where recursion would end the stack. */
const deepest = 32

function find(value: unknown, path: string, found: Detail[], depth = 0): void {
  if (depth > deepest) {
    found.push({ path: path.split('.').slice(0, 3).join('.'), message: `is nested more than ${deepest} deep` })
    return
  }
  if (typeof value === 'string') {
    if (unkept(value)) found.push({ path, message: 'holds a NUL character or half of a surrogate pair' })
  } else if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) find(one, path === '' ? String(index) : `${path}.${index}`, found, depth + 1)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      if (unkept(name)) found.push({ path, message: 'has a member whose name is no text' })
      find(one, path === '' ? name : `${path}.${name}`, found, depth + 1)
    }
  }
}

/** Refuses a request with text that cannot be stored, by the name of every member, or nested beyond all use. @throws CroftError `validation_error` */
export function requireText(parts: { params: unknown; query: unknown; body: unknown }): void {
  const found: Detail[] = []
  find(parts.params, 'path', found)
  find(parts.query, 'query', found)
  find(parts.body, '', found)
  if (found.length > 0) throw invalid(found.slice(0, 100))
}
