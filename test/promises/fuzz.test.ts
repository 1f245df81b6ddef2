import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Ajv, type ValidateFunction } from 'ajv'
import formatsPlugin from 'ajv-formats'
import { seeded } from '../../bench/chaos/random.ts'
import { testCroft, testTeam, type TestCroft, type TestTeam } from '../support/croft.ts'
import { fuzzRequest, type FuzzRequest } from './support/fuzz.ts'
import { isWrite, nameOf, operations, placed, type Operation } from './support/openapi.ts'
import { keyFor } from './support/work-recipes.ts'
import { prepareWrite, readable } from './support/world.ts'

// `npm run fuzz` asks 10,000 times; FUZZ_SEED repeats a run.
const times = Number(process.env['FUZZ_REQUESTS'] ?? 1_500)
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(1_000_000))

let croft: TestCroft
before(async () => {
  croft = await testCroft({ work: false })
})
after(() => croft.stop())

const ajv = new Ajv({ strict: false, allErrors: true })
formatsPlugin.default(ajv, ['uuid', 'date-time', 'uri'])
const validators = new Map<object, ValidateFunction>()

/** What is wrong with an answer, or null. */
function wrong(one: Operation, status: number, text: string, type: string): string | null {
  if (status >= 500) return `${status}`
  if (!one.answers.has(status)) return `${status} is not in the reference`
  const schema = one.answers.get(status)
  if (!schema || !type.startsWith('application/json')) return null
  const validate = validators.get(schema) ?? ajv.compile(schema)
  validators.set(schema, validate)
  const body = JSON.parse(text) as Record<string, unknown>
  const shown = body['dry_run'] === true ? null : body
  return shown === null || validate(shown) ? null : ajv.errorsText(validate.errors)
}

type Populated = [TestTeam, Record<string, string>]

/** A new team that has one of everything, and the names by which routes know it. */
async function populated(all: readonly Operation[]): Promise<Populated> {
  const team = await testTeam(croft.ctx, `fuzz ${randomInt(1e9)}`)
  const url = 'https://hooks.example.com/'
  const known: Record<string, string> = { media_url: 'https://media.example.com/a.mp4', webhook_url: url, url }
  for (const one of all.filter((each) => isWrite(each) && each.params.length > 0))
    Object.assign(known, placed(one.path, (await prepareWrite(croft, team, one)).params))
  Object.assign(known, await readable(croft, team))
  return [team, known]
}

test(`whatever is asked, no answer is a 5xx, and each fits its schema (${times} requests, seed ${seed})`, async () => {
  const all = (await operations(croft)).filter((one) => one.keyed && !one.multipart && one.path !== '/v1/events/stream')
  let [team, known]: Populated = await populated(all)
  const random = seeded(seed)
  const bad = new Map<string, string>()
  const answered = new Set<string>()
  for (let n = 0; n < times; n += 10) {
    // A team may have so many endpoints and no more.
    if (n % 200 === 0) [team, known] = await populated(all)
    // What a request before has switched on must not spoil the states that the next ones are to meet.
    await croft.ctx.db.deleteFrom('sandbox_faults').execute()
    const requests: { one: Operation; ask: FuzzRequest }[] = []
    while (requests.length < 10) {
      const one = random.pick(all)
      // Half of the writes meet the very state in which they can succeed; without that a fuzz meets refusals alone.
      const fresh = isWrite(one) && random.chance(0.5) ? await prepareWrite(croft, team, one) : { params: {}, body: {} }
      const given = { ...known, ...placed(one.path, fresh.params), ...fresh.body }
      requests.push({ one, ask: fuzzRequest(random, one, given, await keyFor(croft, team, one)) })
    }
    await Promise.all(
      requests.map(async ({ one, ask }) => {
        const body = ask.body === null ? {} : { body: Buffer.from(ask.body) }
        const headers = Object.fromEntries(
          Object.entries(ask.headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
        )
        const response = await fetch(croft.address + ask.path, { method: ask.method, headers, ...body })
        const text = await response.text()
        const problem = wrong(one, response.status, text, response.headers.get('content-type') ?? '')
        if (response.ok) answered.add(nameOf(one))
        if (problem !== null)
          bad.set(
            `${nameOf(one)}: ${problem}`,
            `${ask.path} ${JSON.stringify(ask.headers)} ${(ask.body ?? '').slice(0, 300)}\n→ ${text.slice(0, 300)}`,
          )
      }),
    )
  }
  assert.equal(bad.size, 0, [...bad].map(([what, how]) => `${what}\n  ${how}`).join('\n'))
  const never = all.map(nameOf).filter((name) => !answered.has(name))
  if (times >= 5_000) assert.deepEqual(never, [], 'every route was also met where it succeeds')
})
