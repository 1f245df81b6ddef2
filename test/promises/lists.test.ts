import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testManager, type TestManager } from '../people/support.ts'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { fillLists, many, rowId } from './support/filled.ts'
import { example, nameOf, operations, pathWith, type Operation } from './support/openapi.ts'
import { noteStatements, readsOfStatement } from './support/statements.ts'

let croft: TestCroft
let manager: TestManager
let routes: Operation[]
const statements = noteStatements()
before(async () => {
  croft = await testCroft({ work: false })
  manager = await testManager(croft, croft.team)
  await fillLists(croft.database, croft.team.id, manager.id)
  routes = await operations(croft)
})
after(() => croft.stop())

const at = (n: number) => new Date(Date.UTC(2030, 0, 1) + n * 60_000).toISOString()
const cursorAt = (text: string) => Buffer.from(text).toString('base64url')

/** The value of a filter that only the oldest few rows have, and a place in the middle, by parameter or by route and parameter. */
const rare: Readonly<Record<string, string>> = {
  limit: '10',
  per_page: '10',
  page: '2',
  cursor: cursorAt(rowId(many / 2)),
  'GET /v1/work cursor': cursorAt(`${at(2)} ${rowId(2)}`),
  after: rowId(many / 2),
  'GET /v1/farm-profiles status': 'cold',
  'GET /v1/tasks status': 'failed',
  'GET /v1/posts status': 'failed',
  'GET /v1/webhook-deliveries status': 'failed',
  'GET /v1/webhook-endpoints/{endpoint_id}/deliveries status': 'failed',
  'GET /api/ext/bundles status': 'canceled',
  country: 'DE',
  kind: 'setup',
  type: 'post.failed',
  actor: 'few',
  action: 'few',
  subject: 'few',
  request_id: 'few',
  since: at(many - 5),
  until: at(5),
  profile_id: rowId(1),
  endpoint_id: rowId(1),
  event_id: rowId(1),
  task_id: rowId(1),
  bundle_type: 'videos_only',
  platform: 'instagram',
  account_status: 'in_review',
  account_id: rowId(1),
  external_ref: 'few',
  id: rowId(1),
  accountId: rowId(1),
}
const valueOf = (route: string, { name, schema }: Operation['query'][number]): string =>
  rare[`${route} ${name}`] ?? rare[name] ?? String(example(schema))

const paging = ['limit', 'cursor', 'after', 'page', 'per_page']
const isList = (one: Operation) =>
  one.method === 'GET' && one.query.some(({ name }) => paging.includes(name)) && one.path !== '/v1/events/stream'

/** More than any page and what hangs on it; a list that reads the team's rows reads far more. */
const most = many / 10

async function requirePage(route: Operation, query: string): Promise<void> {
  const url = `${pathWith(route.path, rare)}${query}`
  const asker = route.path === '/v1/work' ? manager.request : croft.request
  statements()
  const { status, body } = await asker('GET', url)
  assert.equal(status, 200, `${url}: ${JSON.stringify(body)}`)
  const asked = statements()
  assert.ok(asked.length > 0, `${url} asks the database`)
  for (const statement of asked) {
    // Of a table that holds one team alone, counting by an index saves nothing, and Postgres would read the table.
    const counts = /^select count\(\*\)/.test(statement.text)
    for (const { how, given, removed } of await readsOfStatement(croft.database, statement, counts)) {
      assert.ok(removed <= most, `${url} reads ${removed} rows for nothing: ${how}\n${statement.text}`)
      assert.ok(given <= most || counts, `${url} reads ${given} rows: ${how}\n${statement.text}`)
      if (given > most) assert.match(how, /^Index Only Scan/, `${url} counts by an index\n${statement.text}`)
    }
  }
}

test('the total of a list that may be large is not counted row by row', async () => {
  for (const query of ['', '?platform=tiktok', '?platform=instagram']) {
    statements()
    const { status } = await croft.request('GET', `/api/ext/accounts${query}`)
    assert.equal(status, 200)
    assert.deepEqual(
      statements().filter(({ text }) => /^select count\(\*\)/.test(text)),
      [],
    )
  }
})

test('every list, every filter and every place of a list of the reference reads what it shows, by an index', async () => {
  const lists = routes.filter(isList)
  assert.ok(lists.length >= 15, lists.map(nameOf).join())
  const wrong: string[] = []
  for (const list of lists)
    for (const query of ['', ...list.query.map((one) => `?${one.name}=${encodeURIComponent(valueOf(nameOf(list), one))}`)])
      await requirePage(list, query).catch((error: unknown) => wrong.push(error instanceof Error ? error.message : String(error)))
  assert.deepEqual(wrong, [])
})

test('posts of one profile of one status are found at once, where it has many of another and others have many of this', async () => {
  const { pool } = croft.database
  const [from, to] = [rowId(many / 4), rowId((many * 3) / 4)]
  await pool.query(`update posts set status = 'draft_saved', profile_id = $1 where team_id = $2 and id between $3 and $4`, [
    rowId(7),
    croft.team.id,
    from,
    to,
  ])
  await pool.query('vacuum analyze posts')
  const route = routes.find((one) => one.method === 'GET' && one.path === '/v1/posts')
  assert.ok(route)
  for (const query of [`&status=draft_saved`, '&status=published', ''])
    await requirePage(route, `?profile_id=${rowId(9)}${query}`)
})
