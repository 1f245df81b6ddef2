import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountsCroft, bodyOf, errorOf } from './support.ts'

const { croft, ready, patch, account } = accountsCroft()
const fifty = Array.from({ length: 50 }, (_, index) => index)

for (const platform of ['tiktok', 'instagram'] as const) {
  test(`${platform}: of 50 names at once one is taken`, async () => {
    const { id } = await ready(platform)
    const answers = await Promise.all(fifty.map((n) => patch(id, { platform, name: `Name ${n}`, bio: `Bio ${n}` })))
    const [taken, ...others] = answers.filter(({ status }) => status === 200)
    assert.ok(taken)
    assert.equal(others.length, 0)
    const refused = answers.filter(({ status }) => status === 429)
    assert.equal(refused.length, 49)
    const next = bodyOf(taken)['nextNameChangeAllowed']
    for (const answer of refused) {
      assert.equal(errorOf(answer).code, 'name_change_restricted')
      assert.equal(errorOf(answer).nextAllowedAt, next)
    }
    const stored = await account(id)
    assert.deepEqual([stored['name'], stored['bio']], [bodyOf(taken)['name'], bodyOf(taken)['bio']])
    const tasks = bodyOf(await croft().request('GET', `/v1/tasks?profile_id=${id}&kind=profile_edit`))
    assert.equal((tasks['items'] as unknown[]).length, 1)
  })
}

test('of 20 accounts that want one username at once one gets it, and nothing else of the others is stored', async () => {
  const rows = await Promise.all(fifty.slice(0, 20).map(() => ready('instagram')))
  const answers = await Promise.all(
    rows.map(({ id }) => patch(id, { platform: 'instagram', username: 'wanted.by.all', bio: 'mine' })),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array<number>(19).fill(409)])
  const stored = await Promise.all(rows.map(({ id }) => account(id)))
  assert.equal(stored.filter(({ bio }) => bio === 'mine').length, 1)
})

test('50 bios at once all succeed, and one task applies the last', async () => {
  const { id } = await ready('tiktok')
  const answers = await Promise.all(fifty.map((n) => patch(id, { platform: 'tiktok', bio: `Bio ${n}` })))
  assert.ok(answers.every(({ status }) => status === 200))
  const tasks = bodyOf(await croft().request('GET', `/v1/tasks?profile_id=${id}&kind=profile_edit`))
  assert.equal((tasks['items'] as unknown[]).length, 1)
})
