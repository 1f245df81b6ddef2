import { Ajv } from 'ajv'
import formatsPlugin from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'

// The package is CommonJS with a default export inside its default export.
const addFormats = formatsPlugin.default
const base = {
  allErrors: true,
  removeAdditional: false,
  useDefaults: true,
  strict: true,
  strictTuples: false,
  allowUnionTypes: true,
} as const

const strict = new Ajv({ ...base, coerceTypes: false })
const lenient = new Ajv({ ...base, coerceTypes: true })
for (const ajv of [strict, lenient]) {
  addFormats(ajv, ['uuid', 'date-time', 'uri'])
  ajv.addKeyword('example')
}

/** Bodies are taken as they are sent: no coercion, no unknown members, all errors at once. Only the text of a query or path becomes numbers. */
export const validatorCompiler: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? strict : lenient).compile(schema)
