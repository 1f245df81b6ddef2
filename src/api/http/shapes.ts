import { Type, type TSchema } from 'typebox'
import { invalid } from '../../kernel/errors.ts'

/** Shapes that several families share. Lengths count code points, as JSON Schema's do. */
export const time = Type.String({ format: 'date-time' })
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
export const id = Type.String({ format: 'uuid' })
export const oneOf = <T extends string>(...names: T[]) => Type.Unsafe<T>({ type: 'string', enum: names })
export const object = <P extends Record<string, TSchema>>(members: P) => Type.Object(members, { additionalProperties: false })
export const url = Type.String({ minLength: 1, maxLength: 2048 })

export const reason = object({ code: Type.String(), message: Type.String() })
export const failure = nullable(object({ code: Type.String(), message: Type.String(), reasons: Type.Array(reason) }))

const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 }))
const cursor = Type.Optional(Type.String({ maxLength: 200 }))
/** The query of a list in the farm and common families. */
export const pageQuery = <P extends Record<string, TSchema>>(filters: P) =>
  Type.Object({ ...filters, limit, cursor }, { additionalProperties: false })
export const pageOf = <T extends TSchema>(item: T) =>
  object({ items: Type.Array(item), has_more: Type.Boolean(), next_cursor: nullable(Type.String()) })

interface ListQuery {
  limit?: number
  cursor?: string
}
export const pageRequest = (query: ListQuery) => ({ limit: query.limit ?? 20, cursor: query.cursor })
export const pageBody = <T, B>(page: { items: T[]; hasMore: boolean; nextCursor: string | null }, show: (item: T) => B) => ({
  items: page.items.map(show),
  has_more: page.hasMore,
  next_cursor: page.nextCursor,
})

/** ISO-8601 in UTC, or null. */
export const iso = (date: Date | null): string | null => date?.toISOString() ?? null

/** The moment that a `date-time` names. @throws CroftError if the moment does not exist, such as a leap second */
export function instant(text: string, path: string): Date {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw invalid([{ path, message: 'is not a moment that this server knows' }])
  return date
}

/** The schema, with an example for the reference where the schema alone does not say enough to make one up. */
export const withExample = <T extends TSchema>(schema: T, example: unknown): T => ({ ...schema, example })
