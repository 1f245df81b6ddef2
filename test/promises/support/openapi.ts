import type { TestCroft } from '../../support/croft.ts'

export interface Schema {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  format?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  additionalProperties?: boolean | Schema
}

interface Parameter {
  name: string
  in: 'path' | 'query'
  required?: boolean
  schema: Schema
}

/** One route of the reference. */
export interface Operation {
  method: string
  path: string
  params: string[]
  query: Parameter[]
  body: Schema | null
  multipart: boolean
  /** By status: the schema of its JSON answer, where it has one. */
  answers: Map<number, Schema | null>
  keyed: boolean
}

interface Document {
  paths: Record<
    string,
    Record<
      string,
      {
        parameters?: Parameter[]
        requestBody?: { content: Record<string, { schema?: Schema }> }
        responses: Record<string, { content?: Record<string, { schema?: Schema }> }>
        security?: unknown[]
      }
    >
  >
}

const writes = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
/** Asks like a write, and changes nothing. */
const readsByPost = new Set(['POST /v1/media/inspect'])
const uploads = new Set(['/v1/media', '/v1/work/{work_id}/screenshot'])

/** The routes as the server's own reference gives them. */
export async function operations(croft: TestCroft): Promise<Operation[]> {
  const { body } = await croft.request('GET', '/openapi.json')
  const { paths } = body as Document
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => {
      const content = one.requestBody?.content ?? {}
      return {
        method: method.toUpperCase(),
        path,
        params: (one.parameters ?? []).filter((each) => each.in === 'path').map((each) => each.name),
        query: (one.parameters ?? []).filter((each) => each.in === 'query'),
        body: content['application/json']?.schema ?? null,
        multipart: uploads.has(path),
        answers: new Map(
          Object.entries(one.responses).map(([status, answer]) => [
            Number(status),
            answer.content?.['application/json']?.schema ?? null,
          ]),
        ),
        keyed: (one.security ?? []).length > 0,
      }
    }),
  )
}

export const nameOf = ({ method, path }: Pick<Operation, 'method' | 'path'>): string => `${method} ${path}`

/** The routes that change something. */
export const isWrite = (one: Operation): boolean => writes.has(one.method) && !readsByPost.has(nameOf(one))

/** Where a parameter stands: `{id}` is one thing in one place and another in another. */
export const placeOf = (path: string, name: string): string => path.slice(0, path.indexOf(`{${name}}`)) + `{${name}}`

/** Parameters by their names and by their places. */
export const placed = (path: string, params: Readonly<Record<string, string>>): Record<string, string> => ({
  ...params,
  ...Object.fromEntries(Object.entries(params).map(([name, value]) => [placeOf(path, name), value])),
})

/** The path with every parameter replaced. */
export const pathWith = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))

/** A value that the schema takes; strings that stand for something are given by name. */
export function example(schema: Schema, given: Readonly<Record<string, unknown>> = {}, name = ''): unknown {
  if (name in given) return given[name]
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return example(schema.anyOf[0] ?? {}, given, name)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'object' || schema.properties) {
    const names = Object.keys(schema.properties ?? {}).filter((one) => schema.required?.includes(one) || one in given)
    return Object.fromEntries(names.map((one) => [one, example(schema.properties?.[one] ?? {}, given, one)]))
  }
  if (type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => example(schema.items ?? {}, given))
  if (type === 'boolean') return true
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1
  if (type === 'null') return null
  if (schema.format === 'uuid') return '0193a1b2-9e5f-7061-8c7d-8e9f0a1b2c3d'
  if (schema.format === 'date-time') return '2030-01-01T00:00:00Z'
  return 'x'.repeat(Math.max(schema.minLength ?? 1, 1))
}
