import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { retryProfile } from '../../src/domain/profiles/retry.ts'
import type { SandboxFaultKind } from '../../src/db/sandbox-tables.ts'
import { addFault } from '../../src/drivers/sandbox/index.ts'
import { standingClock } from '../support/clock.ts'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { drive, nextWork } from '../support/drive.ts'
import { newProfile, profileNow, step } from '../support/warming-profile.ts'

const clock = standingClock()
let server: TestCroft
before(async () => {
  server = await testCroft({ work: false, substitutes: { clock, driverTimeoutMs: 300 }, settings: { CROFT_WARMUP_RUNS: '0' } })
})
after(() => server.stop())

async function newSpoilt(fault: SandboxFaultKind, times: number) {
  const { ctx, team } = server
  const profile = await newProfile(team)
  await addFault(ctx, { teamId: team.id, profileId: profile.id, call: 'sign_in', fault, times })
  return { ctx, team, profile }
}

for (const fault of ['refuse', 'hang', 'commit_then_hang', 'lose_answer'] as const) {
  test(`a set-up that meets ${fault} once is tried again, and the profile becomes ready`, async () => {
    const { ctx, profile } = await newSpoilt(fault, 1)
    assert.equal((await step(ctx, profile)).status, 'retrying')
    await drive(ctx, clock, profile, async () => (await profileNow(ctx, profile)).status === 'ready')
    const ready = await profileNow(ctx, profile)
    assert.deepEqual([ready.status, ready.failure], ['ready', null])
    const accounts = await ctx.db.selectFrom('sandbox_accounts').select('id').where('username', '=', profile.username).execute()
    assert.equal(accounts.length, 1)
  })
}

test('a set-up that is refused for good fails the profile, and leaves no work open', async () => {
  const { ctx, profile, team } = await newSpoilt('refuse_for_good', 1)
  const { request } = server
  const edit = await request('PATCH', `/v1/farm-profiles/${profile.id}`, { bio: 'Bread before dawn' })
  assert.equal(edit.status, 200)
  const failed = await step(ctx, profile)
  assert.equal(failed.status, 'failed')
  assert.equal(failed.failure?.code, 'refused_by_platform')
  const open = await ctx.db
    .selectFrom('tasks')
    .select(['kind', 'status'])
    .where('team_id', '=', team.id)
    .where('profile_id', '=', profile.id)
    .where('status', 'in', ['queued', 'running', 'waiting'])
    .execute()
  assert.deepEqual(open, [])
  clock.forward(60_000)
})

test('a set-up that goes on failing is given up after some tries, each later than the one before', async () => {
  const { ctx, profile } = await newSpoilt('refuse', 1_000)
  const pauses: number[] = []
  await drive(ctx, clock, profile, async () => {
    const next = await nextWork(ctx, profile.id)
    if (next) pauses.push(next.getTime() - clock.now().getTime())
    return !next
  })
  assert.equal((await profileNow(ctx, profile)).status, 'failed')
  assert.ok(pauses.length >= 2)
  for (const [index, pause] of pauses.slice(1).entries()) assert.ok(pause > (pauses[index] ?? 0))
})

test('a retrying profile is tried again at once when the team asks for it', async () => {
  const { ctx, team, profile } = await newSpoilt('refuse', 1)
  assert.equal((await step(ctx, profile)).status, 'retrying')
  assert.equal((await retryProfile(team.unit, profile.id)).row.status, 'configuring')
  assert.equal((await step(ctx, profile)).status, 'ready')
  await assert.rejects(retryProfile(team.unit, profile.id), { code: 'invalid_state' })
})
