import assert from 'node:assert/strict'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import type { TestAnswer, TestCroft } from '../../support/croft.ts'

interface Operation {
  summary?: string
  security?: object[]
  parameters?: { in: string; name: string; schema: { type?: unknown; enum?: unknown } }[]
  requestBody?: { content: Record<string, { schema?: object; example?: unknown }> }
  responses: Record<
    string,
    { headers?: Record<string, object>; content?: Record<string, { schema?: object; example?: unknown }> }
  >
}

/** What HTTP itself sends. */
const plumbing = ['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding']

/** The OpenAPI document of a running server, and answers held against it. */
export interface Reference {
  /** Every route as `METHOD /path/{name}`. */
  routes: string[]
  operation: (route: string) => Operation
  /** Holds an answer against its route's schema for that status. */
  check: (method: string, path: string, answer: TestAnswer) => void
  /** Holds any value against a schema of the document. */
  fits: (schema: object, value: unknown, what: string) => void
  /** Holds any value against one of the route's schemas. */
  validate: (route: string, status: number, value: unknown) => void
}

const pathPattern = (template: string): RegExp => new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`)

/** Reads /openapi.json, as a client would. */
export async function readReference(croft: Pick<TestCroft, 'request'>): Promise<Reference> {
  const { status, body } = await croft.request('GET', '/openapi.json')
  assert.equal(status, 200)
  const { paths } = body as { paths: Record<string, Record<string, Operation>> }
  const operations = new Map<string, Operation>(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    ),
  )
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, strictTypes: false })
  formatsPlugin.default(ajv)
  const compiled = new Map<object, ReturnType<typeof ajv.compile>>()
  const operation = (route: string): Operation => {
    const found = operations.get(route)
    assert.ok(found, `${route} is not in /openapi.json`)
    return found
  }
  const fits = (schema: object, value: unknown, what: string): void => {
    const check = compiled.get(schema) ?? ajv.compile(schema)
    compiled.set(schema, check)
    assert.ok(check(value), `${what}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(value)}`)
  }
  const validate = (route: string, status: number, value: unknown): void => {
    const response = operation(route).responses[String(status)]
    assert.ok(response, `${route} answers ${status}, which is not documented: ${JSON.stringify(value)}`)
    const schema = response.content?.['application/json']?.schema
    assert.ok(schema, `${route} documents no schema for ${status}`)
    fits(schema, value, `${route} ${status}`)
  }
  const declared = (route: string, { status, headers }: TestAnswer): void => {
    const known = Object.keys(operation(route).responses[String(status)]?.headers ?? {}).map((name) => name.toLowerCase())
    const unknown = [...headers.keys()].filter((name) => !known.includes(name) && !plumbing.includes(name))
    assert.deepEqual(unknown, [], `${route} ${status} sends headers that it does not declare`)
  }
  const routeOf = (method: string, path: string): string => {
    const plain = path.replace(/\?.*$/s, '').replace(/^\/v1\/farm_profiles/, '/v1/farm-profiles')
    const known = [...operations.keys()].map((route) => route.split(' ')).filter(([one]) => one === method)
    // The most specific template first, as a router would.
    const found = known.filter(([, template = '']) => pathPattern(template).test(plain))
    found.sort(([, a = ''], [, b = '']) => a.split('{').length - b.split('{').length)
    assert.ok(found[0], `${method} ${path} is not in /openapi.json`)
    return found[0].join(' ')
  }
  return {
    routes: [...operations.keys()],
    operation,
    fits,
    validate,
    check: (method, path, answer) => {
      const route = routeOf(method, path)
      validate(route, answer.status, answer.body)
      declared(route, answer)
    },
  }
}
