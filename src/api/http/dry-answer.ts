import { Type, type TSchema } from 'typebox'

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value with null for every member of these names, at any depth. */
export function blank<T>(value: T, names: readonly string[]): T {
  if (names.length === 0) return value
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk)
    if (!isPlain(part)) return part
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, names.includes(name) ? null : walk(member)]))
  }
  return walk(value) as T
}

/** A schema that also takes null for members of these names, at any depth. */
function withNulls(schema: unknown, names: readonly string[]): unknown {
  if (Array.isArray(schema)) return schema.map((one) => withNulls(one, names))
  if (!isPlain(schema)) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, withNulls(value, names)]))
  const { properties } = copy
  if (!isPlain(properties)) return copy
  const members = Object.entries(properties).map(([name, member]) => [
    name,
    names.includes(name) ? { anyOf: [member, { type: 'null' }] } : member,
  ])
  return { ...copy, properties: Object.fromEntries(members) as unknown }
}

/** What a write answers: `response`, or that of a dry run, with `dry_run: true`, members of its own, and null for what would be made. */
export function orDryRun(response: TSchema, made: readonly string[], members: Record<string, TSchema> = {}): TSchema {
  const { properties, required, ...rest } = withNulls(response, made) as TSchema & {
    properties?: Record<string, unknown>
    required?: string[]
  }
  const dry = {
    ...rest,
    description: 'This was a dry run: nothing was done.',
    properties: {
      ...properties,
      ...(withNulls({ properties: members }, made) as { properties: Record<string, unknown> }).properties,
      dry_run: { type: 'boolean', const: true },
    },
    required: [...new Set([...(required ?? []), ...Object.keys(members), 'dry_run'])],
  }
  return Type.Unsafe({ anyOf: [response, dry] })
}
