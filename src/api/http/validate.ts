import { Ajv, type ValidateFunction } from 'ajv'
import formatsPlugin from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import { isUuid } from '../../lib/ids.ts'
import { lazy } from '../../lib/lazy.ts'
import { isStorable } from '../../lib/text.ts'

// The package is CommonJS with a default export inside its default export.
const addFormats = formatsPlugin.default
const base = {
  allErrors: true,
  // An error carries its value and its schema, so that its message can speak of them.
  verbose: true,
  removeAdditional: false,
  useDefaults: true,
  strict: true,
  strictTuples: false,
  allowUnionTypes: true,
} as const

const strict = new Ajv({ ...base, coerceTypes: false })
const lenient = new Ajv({ ...base, coerceTypes: true })
for (const ajv of [strict, lenient]) {
  addFormats(ajv, ['date-time', 'uri'])
  // The package's own also takes urn:uuid:…, which Postgres does not.
  ajv.addFormat('uuid', isUuid)
  ajv.addKeyword('example')
  ajv.addKeyword({
    keyword: 'storable',
    type: 'string',
    schemaType: 'boolean',
    validate: (_: boolean, text: string) => isStorable(text),
  })
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The schema, which also requires of every text that the database can store it. */
function storable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(storable)
  if (!isPlain(schema)) return schema
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, storable(value)]))
  return copy['type'] === 'string' ? { ...copy, storable: true } : copy
}

/** Compiles at the first request: most processes use few of the routes, and compiling all takes a third of a start. */
function atFirstUse(compile: () => ValidateFunction): ReturnType<FastifySchemaCompiler<object>> {
  const compiled = lazy(compile)
  const validate: ReturnType<FastifySchemaCompiler<object>> = (data: unknown) => {
    const valid = compiled()(data)
    validate.errors = compiled().errors ?? null
    return valid
  }
  return validate
}

/**
 * Bodies are taken as they are sent: no coercion, no unknown members, all errors at once. Only the text of a query or path
 * becomes numbers. A path's text need not be storable: an id that is not a UUID is looked up nowhere.
 */
export const validatorCompiler: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  atFirstUse(() =>
    (httpPart === 'body' ? strict : lenient).compile((httpPart === 'params' ? schema : storable(schema)) as object),
  )
