import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testCroft } from '../../support/croft.ts'
import { readyProfile } from '../../support/ready-profile.ts'
import { until } from '../../support/wait.ts'
import { bodyOf } from './support.ts'

test('edits while workers apply them: the page ends with the last one stored', async (t) => {
  const croft = await testCroft()
  t.after(() => croft.stop())
  const row = await readyProfile(croft.ctx, croft.team, { platform: 'instagram' })
  for (let n = 0; n < 30; n += 3) {
    const edit = (bio: number) =>
      croft.request('PATCH', `/v1/accounts/${row.id}/profile`, { platform: 'instagram', bio: `Bio ${bio}` })
    const answers = await Promise.all([n, n + 1, n + 2].map(edit))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    )
  }
  const { bio } = bodyOf(await croft.request('GET', `/v1/accounts/${row.id}`))
  await until(async () => {
    const page = await croft.request('GET', `/sandbox/instagram/@${row.username}`)
    return String(page.body).includes(`>${String(bio)}<`)
  })
})

test('edits, their worker and the end of the profile at once: each answers, and none waits for another for good', async (t) => {
  const croft = await testCroft()
  t.after(() => croft.stop())
  const rows = []
  for (let n = 0; n < 6; n += 1) rows.push(await readyProfile(croft.ctx, croft.team, { platform: 'tiktok' }))
  for (const { id } of rows) {
    const edits = Array.from({ length: 12 }, (_, n) =>
      croft.request('PATCH', `/v1/accounts/${id}/profile`, { platform: 'tiktok', bio: `Bio ${n}` }),
    )
    const end = croft.request('POST', `/v1/farm-profiles/${id}/deactivate`)
    assert.equal((await end).status, 200)
    for (const answer of await Promise.all(edits)) assert.ok([200, 409].includes(answer.status), JSON.stringify(answer.body))
    const open = await croft.request('GET', `/v1/tasks?profile_id=${id}&status=queued`)
    assert.deepEqual(bodyOf(open)['items'], [])
  }
})
