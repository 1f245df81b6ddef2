import { invalid } from '../../kernel/errors.ts'

/** Refuses a body on a route that takes none, by the names of its members. @throws CroftError `validation_error` */
export function requireNoBody(body: unknown): void {
  if (body === undefined || body === null) return
  const names = typeof body === 'object' && !Array.isArray(body) ? Object.keys(body) : ['']
  if (names.length > 0) throw invalid(names.map((path) => ({ path, message: 'is not taken: this route has no body' })))
}
