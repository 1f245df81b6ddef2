import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProfile } from '../../../src/domain/profiles/create.ts'
import { drive } from '../../support/drive.ts'
import { newUsername } from '../../support/ready-profile.ts'
import { getProfile } from '../../../src/domain/profiles/get.ts'
import { updateTeam } from '../../../src/domain/teams/update.ts'
import { accountsCroft, bodyOf, dayMs, errorOf } from './support.ts'

const { croft, clock, ready, profile, warming, patch, account } = accountsCroft()

for (const [platform, days] of [
  ['tiktok', 7],
  ['instagram', 14],
] as const) {
  test(`${platform}: a millisecond before ${days} days refused, at them allowed`, async () => {
    const { id } = await ready(platform)
    const began = clock.now().getTime()
    const first = await patch(id, { platform, name: 'One' })
    const next = bodyOf(first)['nextNameChangeAllowed']
    assert.equal(next, new Date(began + days * dayMs).toISOString())
    assert.equal((await account(id))['nextNameChangeAllowed'], next)

    clock.to(new Date(began + days * dayMs - 1))
    const early = await patch(id, { platform, name: 'Two', bio: 'not stored' })
    assert.deepEqual([early.status, errorOf(early).nextAllowedAt, early.headers.get('retry-after')], [429, next, '1'])
    assert.deepEqual([(await account(id))['name'], (await account(id))['bio']], ['One', null])

    clock.to(new Date(began + days * dayMs))
    assert.equal((await account(id))['nextNameChangeAllowed'], null)
    assert.equal((await patch(id, { platform, name: 'Two' })).status, 200)
  })
}

test('a name equal to the present one is no change: nothing is spent, restarted or queued', async () => {
  const { id, username } = await ready('instagram')
  const same = await patch(id, { platform: 'instagram', name: username })
  assert.equal(same.status, 200)
  assert.ok(!('nextNameChangeAllowed' in bodyOf(same)))
  const tasks = bodyOf(await croft().request('GET', `/v1/tasks?profile_id=${id}&kind=profile_edit`))
  assert.deepEqual(tasks['items'], [])

  const first = bodyOf(await patch(id, { platform: 'instagram', name: 'New' }))
  clock.forward(dayMs)
  const again = await patch(id, { platform: 'instagram', name: 'New', bio: 'x' })
  assert.deepEqual([again.status, bodyOf(again)['bio'], 'nextNameChangeAllowed' in bodyOf(again)], [200, 'x', false])
  assert.equal((await account(id))['nextNameChangeAllowed'], first['nextNameChangeAllowed'])
})

test('TikTok before any run: after day 5 of warm-up, and nobody knows when that is', async () => {
  const { id } = await profile('tiktok')
  const answer = await patch(id, { platform: 'tiktok', name: 'Early' })
  assert.equal(answer.status, 429)
  assert.deepEqual(errorOf(answer), {
    code: 'name_change_restricted',
    message: 'You can change your TikTok name after day 5 of warm-up',
    nextAllowedAt: null,
  })
  assert.equal(answer.headers.get('retry-after'), null)
  assert.equal((await account(id))['nextNameChangeAllowed'], null)
  const insta = await profile('instagram')
  assert.equal((await patch(insta.id, { platform: 'instagram', name: 'Early' })).status, 200)
})

test('TikTok while warming up: from 5 times 24 hours after the first run began, to the millisecond', async () => {
  const { id, first_run_at: start } = await warming('tiktok')
  assert.ok(start)
  const allowed = new Date(start.getTime() + 5 * dayMs)
  clock.to(new Date(allowed.getTime() - 1))
  const early = await patch(id, { platform: 'tiktok', name: 'Early' })
  assert.equal(early.status, 429)
  assert.deepEqual(errorOf(early), {
    code: 'name_change_restricted',
    message: `You can change your TikTok name again on ${allowed.toISOString().slice(0, 10)}`,
    nextAllowedAt: allowed.toISOString(),
  })
  assert.equal((await account(id))['warmupDay'], 5)
  clock.to(allowed)
  assert.equal((await account(id))['warmupDay'], 6)
  assert.equal((await patch(id, { platform: 'tiktok', name: 'In time' })).status, 200)
})

test('TikTok that is or has been ready has passed day 5, however short its policy', async () => {
  const { team, ctx } = croft()
  await updateTeam(team.unit, { runs: 2, spanMs: 0, sessionMs: 1_000, intervalMs: 1_000, maintenanceMs: 5_000 })
  const { row } = await createProfile(team.unit, { username: newUsername(), emailAuthMethod: 'google', platform: 'tiktok' })
  const present = () => getProfile(ctx.db, team.id, row.id)
  await drive(ctx, clock, row, async () => (await present()).status === 'ready')
  assert.equal((await patch(row.id, { platform: 'tiktok', name: 'Ready' })).status, 200)
  clock.forward(7 * dayMs)
  await drive(ctx, clock, row, async () => (await present()).status === 'warming')
  assert.equal((await account(row.id))['accountStatus'], 'ready')
  assert.equal((await patch(row.id, { platform: 'tiktok', name: 'In maintenance' })).status, 200)
  await updateTeam(team.unit, { runs: null, spanMs: null, sessionMs: null, intervalMs: null, maintenanceMs: null })
})
