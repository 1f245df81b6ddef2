import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testTeam } from '../../support/croft.ts'
import { newUsername } from '../../support/ready-profile.ts'
import { bodyOf, dataOf, errorOf, newBundle, portal, rowsOf, savedAccount } from './support.ts'

const p = portal()
const unknown = '0193a1b2-5e4f-7a3b-9c2d-1e0f9a8b7c6d'

test('a vendor’s client orders without a platform, and with a country in either case', async () => {
  await p().grant(100)
  const order = { bundle_type: 'account_only', country: 'fr', owner: 'Street Style Ltd' }
  const bundle = dataOf(await p().request('POST', '/api/ext/bundles', order))
  assert.deepEqual([bundle['platform'], bundle['country']], ['tiktok', 'FR'])
})

test('a delivered account reads with its country, its link and the address of its profile', async () => {
  const link = 'https://acme.example/menu'
  const order = { ...newBundle.account_only, platform: 'instagram', country: 'de' }
  const bundle = await p().order(order)
  const username = newUsername()
  dataOf(await p().configure(bundle, { username, link_in_bio: link }))
  await p().act(bundle, 'publish')
  const work = await p().work({ bundle }, 'account_setup')
  await p().doWork(work, 'start')
  await p().doWork(work, 'submit', {})
  const id = String((await p().act(bundle, 'account/finalize'))['account_id'])
  const account = dataOf(await p().request('GET', `/api/ext/accounts/${id}`))
  const { created_at, updated_at, profile_picture_url, ...rest } = account
  assert.ok(created_at && updated_at && profile_picture_url)
  assert.deepEqual(rest, {
    id,
    platform: 'instagram',
    username,
    visible_name: 'Street Style NYC',
    biography: 'Daily street fashion from New York City.',
    country: 'DE',
    link_in_bio: link,
    profile_url: `https://www.instagram.com/${username}/`,
    status: 'cold',
  })
  const listed = async (query: string) =>
    rowsOf(await p().request('GET', `/api/ext/accounts?per_page=100${query}`)).map((one) => one['id'])
  assert.ok((await listed('')).includes(id))
  for (const query of ['&country=de', '&country=DE', '&platform=instagram']) assert.ok((await listed(query)).includes(id), query)
  for (const query of ['&country=PT', '&platform=tiktok']) assert.ok(!(await listed(query)).includes(id), query)
})

test('accounts are listed by pages, the team’s own alone, and an unknown filter is refused by name', async () => {
  const team = await testTeam(p().server.ctx, 'accounts of their own')
  const made: string[] = []
  for (let n = 0; n < 3; n += 1) made.unshift(await savedAccount(p().server, null, { team }))
  const ask = (query: string) => p().request('GET', `/api/ext/accounts?${query}`, undefined, { 'x-api-key': team.key })
  const second = await ask('page=2&per_page=2')
  assert.deepEqual(
    [rowsOf(second).map(({ id }) => id), bodyOf(second)['pagination']],
    [made.slice(2), { page: 2, per_page: 2, total: 3, total_pages: 2 }],
  )
  for (const query of ['banned=true', 'country=Germany', 'page=0', 'platform=youtube']) {
    const answer = await ask(query)
    assert.deepEqual([answer.status, errorOf(answer).details?.[0]?.path], [400, `query.${query.split('=')[0] ?? ''}`])
  }
})

test('an account of another team is the same as none', async () => {
  const id = await savedAccount(p().server, null)
  const team = await testTeam(p().server.ctx, 'other of accounts')
  const headers = { 'x-api-key': team.key, 'x-request-id': 'same' }
  const theirs = await p().request('GET', `/api/ext/accounts/${id}`, undefined, headers)
  for (const none of [unknown, 'acc_1', '%00', 'x'.repeat(300)]) {
    const answer = await p().request('GET', `/api/ext/accounts/${none}`, undefined, headers)
    assert.deepEqual([answer.status, answer.body], [404, theirs.body])
  }
  assert.equal(errorOf(theirs).code, 'SAVED_ACCOUNT_NOT_FOUND')
})

test('who asks, and what can be ordered', async () => {
  const me = dataOf(await p().request('GET', '/api/ext/me'))
  assert.deepEqual([me['id'], me['name'], me['scope']], [p().server.team.id, 'test', 'write'])
  const countries = rowsOf(await p().request('GET', '/api/ext/countries'))
  assert.deepEqual([countries.length, countries.find(({ code }) => code === 'GB')?.['name']], [250, 'United Kingdom'])
  assert.deepEqual(dataOf(await p().request('GET', '/api/ext/platforms')), [
    { id: 'tiktok', name: 'TikTok', link_in_bio: false },
    { id: 'instagram', name: 'Instagram', link_in_bio: true },
  ])
})
