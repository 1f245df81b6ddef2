import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, dataOf, errorOf, portal, savedAccount } from './support.ts'

const p = portal()
const day = 86_400_000

async function renamed(account: string, name: string): Promise<void> {
  await p().grant(8)
  const request = dataOf(await p().edit(account, { requested_visible_name: name }))['edit_request_id'] as string
  const work = await p().work({ request }, 'edit_request')
  await p().doWork(work, 'start')
  await p().doWork(work, 'submit', {})
  dataOf(await p().request('POST', `/api/ext/accounts/${account}/edit-request/${request}/approve`))
}

const nameOf = async (account: string) => bodyOf(await p().request('GET', `/v1/accounts/${account}`))['name']

for (const [platform, days] of [
  ['tiktok', 7],
  ['instagram', 14],
] as const) {
  test(`${platform}: a finalized display name starts its cooldown, and one in its cooldown is 400 before any debit`, async () => {
    const account = await savedAccount(p().server, p().manager.id, { platform })
    await renamed(account, 'First')
    assert.equal(await nameOf(account), 'First')
    await p().grant(8)
    const before = await p().balance()
    const next = new Date(p().server.clock.now().getTime() + days * day).toISOString()
    const answer = await p().edit(account, { requested_visible_name: 'Second' })
    assert.deepEqual([answer.status, errorOf(answer).code], [400, 'name_change_restricted'])
    assert.equal(errorOf(answer)['nextAllowedAt'], next)
    assert.equal(await p().balance(), before)
    const same = dataOf(await p().edit(account, { requested_visible_name: 'First' }))
    dataOf(await p().request('POST', `/api/ext/accounts/${account}/edit-request/${String(same['edit_request_id'])}/cancel`))
    p().server.clock.forward(days * day)
    await renamed(account, 'Second')
    assert.equal(await nameOf(account), 'Second')
  })
}

test('a delivered account has the display name that was ordered, free to change', async () => {
  const account = await p().delivered()
  assert.equal(await nameOf(account), 'Street Style NYC')
  await renamed(account, 'Another')
})
