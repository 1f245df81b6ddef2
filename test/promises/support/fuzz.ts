import type { Random } from '../../../bench/chaos/random.ts'
import { example, pathWith, placeOf, type Operation } from './openapi.ts'

/** A request that may be valid, nearly valid or hostile. */
export interface FuzzRequest {
  path: string
  method: string
  headers: Record<string, string>
  body: string | null
}

const hostile: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  'x',
  '\0',
  'a\0b',
  '\ud800',
  '💥'.repeat(3_000),
  'x'.repeat(70_000),
  "' or 1=1 --",
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '${jndi:ldap://x}',
  '__proto__',
  'constructor',
  0,
  -1,
  1.5,
  1e308,
  9_007_199_254_740_993,
  2_147_483_648,
  [],
  [[[[]]]],
  [null],
  {},
  { __proto__: { admin: true } },
  { toString: 'x' },
  '2030-01-01T00:00:00Z',
  '2016-12-31T23:59:60Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59+23:59',
  'http://127.0.0.1:1/x',
  'https://user:pass@example.com/',
  'https://[::1]/',
  'javascript:alert(1)',
  'https://example.com:99999/',
  'https://xn--/',
  '0193a1b2-9e5f-7061-8c7d-8e9f0a1b2c3d',
  '00000000-0000-0000-0000-000000000000',
  '999999999d',
  '-1s',
]

const words = [
  '',
  'x',
  '%00',
  '%',
  '..',
  '💥',
  '0193a1b2-9e5f-7061-8c7d-8e9f0a1b2c3d',
  '0193A1B2-9E5F-7061-8C7D-8E9F0A1B2C3D',
  '-1',
  '1e9',
  'AAAA',
  'null',
]

function mutate(random: Random, value: unknown): unknown {
  if (random.chance(0.15) || typeof value !== 'object' || value === null) return random.pick(hostile)
  if (Array.isArray(value))
    return random.chance(0.5) ? [...(value as unknown[]), random.pick(hostile)] : value.map((one) => mutate(random, one))
  const members: [string, unknown][] = Object.entries(value)
  const change = random.next()
  if (members.length === 0 || change < 0.2)
    return { ...value, [random.pick(['extra', '__proto__', 'id', '\0', ''])]: random.pick(hostile) }
  const [name, old] = random.pick(members)
  if (change < 0.35) return Object.fromEntries(members.filter(([other]) => other !== name))
  return { ...value, [name]: mutate(random, old) }
}

const broken = [
  '',
  '{',
  '[]',
  'null',
  '"x"',
  '{"a":1,}',
  '\ufeff{}',
  '{"a":"\\ud800"}',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  '\xff\xfe',
]

function bodyOf(random: Random, one: Operation, known: Readonly<Record<string, unknown>>): string | null {
  if (!one.body) return random.chance(0.2) ? random.pick(broken) : null
  if (random.chance(0.1)) return random.pick(broken)
  let value = example(one.body, known)
  const optional = Object.entries(one.body.properties ?? {}).filter(() => random.chance(0.2))
  if (typeof value === 'object' && value !== null)
    value = { ...value, ...Object.fromEntries(optional.map(([name, schema]) => [name, example(schema, known, name)])) }
  for (let times = Math.floor(random.next() * 3); times > 0; times -= 1) value = mutate(random, value)
  return JSON.stringify(value)
}

function headersOf(random: Random, key: string): Record<string, string> {
  const may = (name: string, values: readonly string[]) => (random.chance(0.15) ? { [name]: random.pick(values) } : {})
  return {
    'x-api-key': key,
    'content-type': random.chance(0.95)
      ? 'application/json'
      : random.pick(['text/plain', 'application/xml', 'multipart/form-data', 'application/json; charset=utf-16']),
    ...may('idempotency-key', ['a', '"quoted"', '""', 'k'.repeat(256), 'ü', ' ']),
    ...may('x-dry-run', ['true', 'false', 'maybe', '']),
    ...may('x-request-id', ['mine', 'x'.repeat(200), 'a b', 'ü']),
    ...may('authorization', ['Bearer ', 'Bearer x', 'Basic eDp4', `Bearer ${key}`]),
    ...may('accept', ['text/html', '*/*;q=x']),
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : 'x')

/** Makes a request of a route. `known`: values that lead to something. */
export function fuzzRequest(random: Random, one: Operation, known: Readonly<Record<string, unknown>>, key: string): FuzzRequest {
  const value = (name: string) => (random.chance(0.85) ? text(known[placeOf(one.path, name)] ?? known[name]) : random.pick(words))
  const path = pathWith(one.path, Object.fromEntries(one.params.map((name) => [name, value(name)])))
  const query = new URLSearchParams()
  for (const each of one.query)
    if (random.chance(0.3))
      query.set(each.name, random.chance(0.5) ? String(example(each.schema, known, each.name)) : random.pick(words))
  if (random.chance(0.05)) query.set(random.pick(['x', '__proto__', 'limit[]']), random.pick(words))
  const asked = query.size > 0 ? `?${query.toString()}` : ''
  const body = one.method === 'GET' ? null : bodyOf(random, one, known)
  const headers = headersOf(random, key)
  if (body === null) delete headers['content-type']
  return { path: path + asked, method: one.method, headers, body }
}
