import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { sql } from 'kysely'
import { named, nobody, refused, type Answer } from './support/client.ts'
import { notJson, routes as own, type RouteCase } from './support/routes.ts'
import { webhookRoutes } from './support/webhook-routes.ts'
import { openWorld, type World } from './support/world.ts'

const routes = { ...own, ...webhookRoutes }
const each = Object.entries(routes).map(([route, one]) => ({ route, method: route.split(' ')[0] ?? '', ...one }))
type Each = (typeof each)[number]
const keyed = each.filter(({ open }) => open !== true)
const writes = each.filter(({ write }) => write === true)
const withId = each.filter(({ foreign }) => foreign !== undefined)
const takingBody = each.filter(({ method, bad }) => method !== 'GET' && bad !== undefined)

const idInPath = /(?<=^\/v1\/[a-z/-]+\/)[0-9a-f]{8}-[0-9a-f-]{27}/
const json = { 'content-type': 'application/json' }

async function good(world: World, one: RouteCase & { method: string }, headers?: Record<string, string>): Promise<Answer> {
  const { path, body } = await one.good(world)
  return world.ask(one.method, path, body, headers)
}

/** Asks with a body as it stands. */
async function raw(world: World, one: Each, body: string, headers: Record<string, string>): Promise<Answer> {
  const { path } = await one.good(world)
  const response = await fetch(new URL(path, world.croft.address), {
    method: one.method,
    headers: { 'x-api-key': world.croft.key, ...headers },
    body,
  })
  const answer = { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
  world.reference.check(one.method, path, answer)
  return answer
}

const withoutRequestId = ({ status, body: { request_id, ...rest } }: Answer): string => {
  assert.ok(request_id)
  return JSON.stringify({ status, rest })
}

/** Written to by the passage of time, and by requests that do nothing. */
const restless = ['public.workers', 'public.rate_windows']

/** All that the database holds. */
async function contents({ croft }: World): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select table_schema || '.' || table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by name`.execute(croft.ctx.db)
  const parts: string[] = []
  for (const { name } of rows.filter((row) => !restless.includes(row.name))) {
    const found = await sql<{ sum: string | null }>`
      select md5(string_agg(t::text, ',' order by t::text)) as sum from ${sql.table(name)} t`.execute(croft.ctx.db)
    parts.push(`${name} ${found.rows[0]?.sum ?? ''}`)
  }
  return parts.join('\n')
}

suite('every route of the farm and common families', async () => {
  await test('in turn', async (t) => {
    const world = await openWorld(t)
    const { ask, reference, croft } = world
    const every = async (cases: Each[], what: string, work: (one: Each) => Promise<void>) => {
      for (const one of cases) await t.test(`${one.route}: ${what}`, () => work(one))
    }

    await t.test('is in the table of this test', () => {
      // They have tests of their own: another family, another kind of key, or no JSON.
      const others = /^[A-Z]+ \/(v1\/accounts|v1\/posts\/(video|slideshow)$|api\/ext|v1\/work|metrics$|v1\/events\/stream)/
      assert.deepEqual(
        reference.routes.filter((route) => !others.test(route)).sort(),
        [...Object.keys(routes), ...notJson].sort(),
      )
    })
    await every(each, 'its example is what its schema says', ({ route, status }) => {
      const example = reference.operation(route).responses[String(status)]?.content?.['application/json']?.example
      if (example !== undefined) reference.validate(route, status, example)
      return Promise.resolve()
    })
    await every(each, 'succeeds, over either header', async (one) => {
      assert.equal((await good(world, one)).status, one.status)
      assert.equal((await good(world, one, { 'x-api-key': '', authorization: `Bearer ${croft.key}` })).status, one.status)
      assert.equal((await good(world, one, { authorization: `bearer ${croft.key}` })).status, one.status)
    })
    await every(keyed, 'takes no request without one valid key', async (one) => {
      const { path, body } = await one.good(world)
      for (const headers of [{ 'x-api-key': '' }, { 'x-api-key': 'croft_junk' }, { authorization: `Bearer ${world.readKey}` }])
        refused(await ask(one.method, path, body, headers), 401, 'unauthorized')
      const basic = { 'x-api-key': '', authorization: `Basic ${Buffer.from(`${croft.key}:`).toString('base64')}` }
      refused(await ask(one.method, path, body, basic), 401, 'unauthorized')
    })
    await every(keyed, 'asks for the scope', async (one) => {
      refused(await good(world, one, { 'x-api-key': world.workKey }), 403, 'insufficient_scope')
      const reading = await good(world, one, { 'x-api-key': world.readKey })
      if (one.write) assert.deepEqual([refused(reading, 403, 'insufficient_scope')['needed'], reading.status], ['write', 403])
      else assert.equal(reading.status, one.status)
    })
    await every(takingBody, 'names every bad value', async (one) => {
      const { path } = await one.good(world)
      assert.deepEqual(named(await ask(one.method, path, one.bad?.body)), one.bad?.names)
      for (const body of [[], 'text', 7]) assert.deepEqual(named(await ask(one.method, path, body)), [''])
    })
    await every(keyed, 'names an unknown query', async (one) => {
      const { path, body } = await one.good(world)
      assert.deepEqual(named(await ask(one.method, `${path}?dry_run=true`, body)), ['query.dry_run'])
    })
    await every(takingBody, 'reads JSON alone, up to 1 MiB', async (one) => {
      refused(await raw(world, one, '{"bio": ', json), 400, 'malformed_json')
      refused(await raw(world, one, '{}', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type')
      refused(await raw(world, one, '{}', { 'content-type': 'multipart/form-data; boundary=x' }), 415, 'unsupported_media_type')
      refused(await raw(world, one, JSON.stringify({ title: 'x'.repeat(1_048_576) }), json), 413, 'payload_too_large')
    })
    await every(withId, 'another team’s is the same as none, and no UUID is a bad value', async (one) => {
      const { path, body } = await one.good(world)
      const at = (id: string) => path.replace(idInPath, id)
      const theirs = await ask(one.method, at((await one.foreign?.(world)) ?? ''), body)
      const none = await ask(one.method, at(nobody), body)
      assert.equal(theirs.status, 404)
      assert.equal(withoutRequestId(theirs), withoutRequestId(none))
      for (const id of ['1', 'x'.repeat(300), `urn:uuid:${nobody}`, '%00'])
        assert.match(named(await ask(one.method, at(id), body)).join(), /^path\.[a-z_]+_id$/)
    })
    await every(writes, 'is done once under an Idempotency-Key', async (one) => {
      const { path, body } = await one.good(world)
      const headers = { 'idempotency-key': `"${one.route}"` }
      const first = await ask(one.method, path, body, headers)
      const again = await ask(one.method, path.replace('farm-', 'farm_'), body, { 'idempotency-key': one.route })
      assert.deepEqual([first.status, first.headers.get('idempotent-replayed')], [one.status, null])
      assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [one.status, 'true'])
      const once = ['key', 'secret'].filter((name) => name in first.body)
      const shown = { ...first.body, ...Object.fromEntries(once.map((name) => [name, null])) }
      assert.deepEqual(again.body, shown)
      const other = one.method === 'PATCH' || one.method === 'PUT' ? '/v1/team' : '/v1/api-keys'
      const different = await ask(
        one.method === 'PUT' ? 'PATCH' : one.method === 'DELETE' ? 'POST' : one.method,
        other,
        {},
        headers,
      )
      refused(different, 422, 'idempotency_key_reused')
      for (const key of ['', 'x'.repeat(256)])
        assert.deepEqual(named(await ask(one.method, path, body, { 'idempotency-key': key })), ['header.idempotency-key'])
    })
    await every(writes, 'changes nothing in a dry run', async (one) => {
      const { path, body } = await one.good(world)
      const before = await contents(world)
      const dry = await ask(one.method, path, body, { 'x-dry-run': 'true', 'idempotency-key': 'dry' })
      assert.deepEqual([dry.status, dry.body['dry_run']], [one.status, true])
      for (const name of one.made ?? []) assert.equal(dry.body[name], null, name)
      assert.equal(await contents(world), before)
      assert.deepEqual(named(await ask(one.method, path, body, { 'x-dry-run': 'yes' })), ['header.x-dry-run'])
      const real = await ask(one.method, path, body, { 'x-dry-run': 'false' })
      assert.deepEqual([real.status, 'dry_run' in real.body], [one.status, false])
    })
    await every(each, 'keeps a valid X-Request-Id and makes one otherwise', async (one) => {
      assert.equal((await good(world, one, { 'x-request-id': 'client:7' })).headers.get('x-request-id'), 'client:7')
      const made = (await good(world, one, { 'x-request-id': 'no blanks' })).headers.get('x-request-id') ?? ''
      assert.match(made, /^[0-9a-f-]{36}$/)
    })
  })
})
