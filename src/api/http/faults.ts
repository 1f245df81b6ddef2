import type { Detail } from '../../kernel/errors.ts'
import { list } from '../../lib/text.ts'

/** An error as Ajv gives it, with its value. */
interface Entry {
  keyword: string
  instancePath: string
  params: Record<string, unknown>
  data?: unknown
  message?: string
}

/** What a value must look like, by its pattern in a schema; a test holds it against every pattern there is. */
export const patternMessages: Readonly<Record<string, string>> = {
  '\\S': 'must not be blank',
  '^$|\\S': 'must not be blank',
  '^[A-Za-z]{2}$': 'must be two letters such as US',
  '^\\d{4}-\\d{2}-\\d{2}$': 'must be a day such as 2026-11-21',
  '^\\d{1,9}(ms|s|m|h|d)$': 'must be a duration such as 0s, 15m or 7d',
  '^[a-z][a-z0-9_]{0,63}$': 'must be 1 to 64 lower-case letters, digits and underscores, a letter first, such as wrong_screen',
}

const typeSays: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
  null: 'null',
}

const formatSays: Readonly<Record<string, string>> = {
  uuid: 'must be a UUID such as 0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  'date-time': 'must be a time such as 2026-11-21T09:30:00Z',
}

/** Names by which JavaScript reaches a value's prototype. */
const dangerous = ['__proto__', 'constructor', 'prototype']

const mostOfAPath = 200

function pathOf(context: string, { instancePath, params }: Entry): string {
  const parts = instancePath.split('/').filter(Boolean)
  const last = params['missingProperty'] ?? params['additionalProperty']
  if (typeof last === 'string') parts.push(last)
  const path = [...(context === 'body' ? [] : [context === 'querystring' ? 'query' : 'path']), ...parts].join('.')
  return path.length > mostOfAPath ? `${path.slice(0, mostOfAPath)}…` : path
}

const typesOf = ({ params: { type } }: Entry): string[] => (Array.isArray(type) ? type.map(String) : [String(type)])
const typeMessage = (types: readonly string[]) => `must be ${list([...new Set(types.map((one) => typeSays[one] ?? one))], 'or')}`

const says: Readonly<Record<string, (entry: Entry, limit: string) => string>> = {
  required: () => 'is required',
  additionalProperties: ({ params }) =>
    dangerous.includes(String(params['additionalProperty']))
      ? 'is a name that no member may have'
      : 'is not a member that this route knows; check its spelling',
  enum: ({ params }) => `must be one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}`,
  const: ({ params }) => `must be ${String(params['allowedValue'])}`,
  type: (entry) => typeMessage(typesOf(entry)),
  format: ({ params }) => formatSays[String(params['format'])] ?? `must be a ${String(params['format'])}`,
  pattern: ({ params, message }) => patternMessages[String(params['pattern'])] ?? message ?? 'is not allowed',
  minimum: (_, limit) => `must be at least ${limit}`,
  maximum: (_, limit) => `must be at most ${limit}`,
  maxLength: (_, limit) => `has more than ${limit} characters`,
  minLength: (_, limit) => (limit === '1' ? 'must not be empty' : `has fewer than ${limit} characters`),
  minItems: (_, limit) => `must have at least ${limit} entr${limit === '1' ? 'y' : 'ies'}`,
  maxItems: (_, limit) => `must have at most ${limit} entries`,
  maxProperties: (_, limit) => `must have at most ${limit} members`,
  uniqueItems: () => 'must not hold the same value twice',
  storable: () => 'holds a character that no text may hold (NUL, or half of a surrogate pair)',
}

function messageOf(entry: Entry, context: string): string {
  if (context === 'body' && entry.instancePath === '' && entry.keyword === 'type')
    return entry.data === null || entry.data === undefined
      ? 'a JSON object is required as the body, with Content-Type: application/json'
      : 'the body must be a JSON object'
  return says[entry.keyword]?.(entry, String(entry.params['limit'])) ?? entry.message ?? 'is not allowed'
}

/**
 * A union fails once for each of its branches; one line says more. Null if the fault of a branch lies deeper and is
 * reported there.
 */
function unionMessage(branches: readonly Entry[], deeper: boolean, context: string): string | null {
  const constants = branches.filter(({ keyword }) => keyword === 'const').map(({ params }) => String(params['allowedValue']))
  if (constants.length > 0) return `must be one of ${constants.join(', ')}`
  const closest = branches.find(({ keyword }) => keyword !== 'type')
  if (closest) return messageOf(closest, context)
  if (deeper) return null
  return branches.length > 0 ? typeMessage(branches.flatMap(typesOf)) : 'is not allowed'
}

const isOfAMember = ({ params }: Entry): boolean => 'missingProperty' in params || 'additionalProperty' in params

/** Every value that an entry says something of a part of. */
function withFaultyParts(entries: readonly Entry[]): Set<string> {
  const found = new Set<string>()
  for (const entry of entries) {
    const parts = entry.instancePath.split('/')
    for (let n = isOfAMember(entry) ? parts.length : parts.length - 1; n > 0; n -= 1) found.add(parts.slice(0, n).join('/'))
  }
  return found
}

/** One fault for each path, in the order of the schema. The time it takes grows with the number of entries alone. */
function details(context: string, entries: readonly Entry[]): Detail[] {
  const found = new Map<string, Detail>()
  const unions = entries.some(({ keyword }) => keyword === 'anyOf')
  const own = unions ? entries.filter((entry) => entry.keyword !== 'anyOf' && !isOfAMember(entry)) : []
  const branches = Map.groupBy(own, ({ instancePath }) => instancePath)
  const faultyParts = unions ? withFaultyParts(entries) : new Set<string>()
  for (const entry of entries) {
    const path = pathOf(context, entry)
    if (entry.keyword === 'anyOf') {
      const deeper = faultyParts.has(entry.instancePath)
      const message = unionMessage(branches.get(entry.instancePath) ?? [], deeper, context)
      if (message === null) found.delete(path)
      else found.set(path, { path, message })
    } else if (!found.has(path)) found.set(path, { path, message: messageOf(entry, context) })
  }
  return [...found.values()]
}

/** The faults of shape that a validation found, none where there was no error. */
export function faultsIn(error: unknown): Detail[] {
  const { validation, validationContext = 'body' } = (error ?? {}) as { validation?: Entry[]; validationContext?: string }
  return validation ? details(validationContext, validation) : []
}
