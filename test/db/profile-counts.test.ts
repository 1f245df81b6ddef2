import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { rowId } from '../promises/support/filled.ts'

let croft: TestCroft
before(async () => {
  croft = await testCroft({ work: false })
})
after(() => croft.stop())

const insert = `insert into profiles (team_id, id, platform, driver, profile_name, username, display_name, status, created_at, updated_at)
  select $1::uuid, given.id::uuid, given.platform, 'sandbox', 'p', 'count' || n, 'p', 'ready', now(), now()
  from unnest($2::text[], $3::text[]) with ordinality as given (id, platform, n)`

async function totals(): Promise<Record<string, unknown>> {
  const total = async (query: string) => {
    const { status, body } = await croft.request('GET', `/api/ext/accounts?per_page=1${query}`)
    assert.equal(status, 200, JSON.stringify(body))
    return (body as { pagination: { total: number } }).pagination.total
  }
  return { all: await total(''), tiktok: await total('&platform=tiktok'), instagram: await total('&platform=instagram') }
}

test('the total of accounts follows every insert and delete, also one that is undone or has triggers off', async () => {
  const { pool } = croft.database
  assert.deepEqual(await totals(), { all: 0, tiktok: 0, instagram: 0 })
  const ids = [1, 2, 3].map(rowId)
  await pool.query(insert, [croft.team.id, ids, ['tiktok', 'tiktok', 'instagram']])
  assert.deepEqual(await totals(), { all: 3, tiktok: 2, instagram: 1 })
  const client = await pool.connect()
  await client.query('begin')
  await client.query('delete from profiles where team_id = $1', [croft.team.id])
  await client.query('rollback')
  assert.deepEqual(await totals(), { all: 3, tiktok: 2, instagram: 1 })
  await client.query('set session_replication_role = replica')
  await client.query('delete from profiles where team_id = $1 and id = any($2::uuid[])', [croft.team.id, ids.slice(1)])
  client.release(true)
  assert.deepEqual(await totals(), { all: 1, tiktok: 1, instagram: 0 })
})
