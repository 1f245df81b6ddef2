import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { updateTeam } from '../../src/domain/teams/update.ts'
import { addFault } from '../../src/drivers/sandbox/index.ts'
import { standingClock } from '../support/clock.ts'
import { testCroft, testTeam, type TestCroft, type TestTeam } from '../support/croft.ts'
import { drive, nextWork } from '../support/drive.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { accept, postNow, prepare } from '../support/posts.ts'
import { newProfile, profileNow, step } from '../support/warming-profile.ts'

const hour = 3_600_000
const day = 24 * hour
const session = hour / 4
const policy = { runs: 7, spanMs: 7 * day, sessionMs: session, intervalMs: day, maintenanceMs: 7 * day }
const clock = standingClock()
let server: TestCroft
let media: MediaServer
let teams = 0

before(async () => {
  media = await startMediaServer()
  server = await testCroft({ work: false, substitutes: { clock } })
})
after(async () => {
  await server.stop()
  await media.stop()
})

/** A team with a policy of its own, and a profile whose first run is under way. */
async function begun(values: Partial<typeof policy> = {}) {
  const { ctx } = server
  const team = await testTeam(ctx, `team ${(teams += 1)}`)
  await updateTeam(team.unit, { ...policy, ...values })
  return { ctx, team, profile: await newProfile(team) }
}

const spoil = (team: TestTeam, profile: { id: string }) =>
  addFault(server.ctx, { teamId: team.id, profileId: profile.id, call: 'warm_up', fault: 'refuse_for_good', times: 1 })

const events = async (profile: { id: string }, type: string) =>
  (await server.ctx.db.selectFrom('events').selectAll().where('type', '=', type).orderBy('seq').execute())
    .map((event) => event.data)
    .filter((data) => data['profile_id'] === profile.id)

const runs = (profile: { id: string }) =>
  server.ctx.db
    .selectFrom('tasks')
    .selectAll()
    .where('profile_id', '=', profile.id)
    .where('kind', '=', 'warmup')
    .orderBy('id')
    .execute()

test('a profile is warmed up run by run, until both the runs and the span are enough', async () => {
  const { ctx, profile } = await begun()
  const start = clock.now()
  await drive(ctx, clock, profile, async () => (await profileNow(ctx, profile)).status === 'ready')
  const ready = await profileNow(ctx, profile)
  // A run and the pause after it take a day and a quarter of an hour, so that the seventh ends too early for the span.
  assert.equal(ready.runs_completed, 8)
  assert.deepEqual(ready.first_run_at, start)
  const spanned = (ready.last_run_ended_at?.getTime() ?? 0) - start.getTime()
  assert.ok(spanned >= 7 * day)
  const done = (await runs(profile)).filter((run) => run.status === 'done')
  for (const [index, run] of done.slice(1).entries()) {
    assert.equal((run.started_at?.getTime() ?? 0) - (done[index]?.ended_at?.getTime() ?? 0), day)
  }
})

test('a failed run counts for nothing, and the next one comes after the same pause', async () => {
  const { ctx, profile, team } = await begun({ runs: 2, spanMs: 0 })
  assert.equal((await step(ctx, profile)).status, 'warming')
  clock.forward(session)
  assert.deepEqual([(await step(ctx, profile)).status, (await profileNow(ctx, profile)).runs_completed], ['warm', 1])
  await spoil(team, profile)
  clock.forward(day)
  const after = await step(ctx, profile)
  assert.deepEqual([after.status, after.runs_completed], ['warm', 1])
  assert.deepEqual(await nextWork(ctx, profile.id), new Date(clock.now().getTime() + day))
  assert.equal((await events(profile, 'warmup.failed')).length, 1)
  await drive(ctx, clock, profile, async () => (await profileNow(ctx, profile)).status === 'ready')
  assert.equal((await profileNow(ctx, profile)).runs_completed, 2)
  assert.equal((await events(profile, 'warmup.completed')).length, 2)
})

test('of a first run that fails nothing is kept: the next one is the first', async () => {
  const { ctx, profile, team } = await begun({ runs: 1, spanMs: 0 })
  await spoil(team, profile)
  const failed = await step(ctx, profile)
  assert.deepEqual([failed.status, failed.runs_completed, failed.first_run_at], ['warm', 0, null])
  clock.forward(day)
  const begunAgain = clock.now()
  await step(ctx, profile)
  clock.forward(session)
  const ready = await step(ctx, profile)
  assert.deepEqual([ready.status, ready.first_run_at], ['ready', begunAgain])
})

test('a ready profile is kept warm: ready, warming, ready, and a run that fails changes nothing but is told', async () => {
  const { ctx, profile, team } = await begun({ runs: 1, spanMs: 0 })
  await drive(ctx, clock, profile, async () => (await profileNow(ctx, profile)).status === 'ready')
  const { ready_at: readyAt } = await profileNow(ctx, profile)
  clock.forward(7 * day)
  assert.equal((await step(ctx, profile)).status, 'warming')
  clock.forward(session)
  assert.equal((await step(ctx, profile)).status, 'ready')
  assert.deepEqual(await nextWork(ctx, profile.id), new Date(clock.now().getTime() + 7 * day))
  await spoil(team, profile)
  clock.forward(7 * day)
  const after = await step(ctx, profile)
  assert.deepEqual([after.status, after.runs_completed, after.ready_at], ['ready', 2, readyAt])
  assert.deepEqual(await nextWork(ctx, profile.id), new Date(clock.now().getTime() + 7 * day))
  assert.equal((await events(profile, 'warmup.failed')).at(-1)?.['maintenance'], true)
})

test('a post that comes due during a maintenance run waits for its end, and goes out then', async () => {
  const { ctx, profile, team } = await begun({ runs: 1, spanMs: 0 })
  await drive(ctx, clock, profile, async () => (await profileNow(ctx, profile)).status === 'ready')
  const executeAt = clock.now().getTime() + 7 * day + session / 2
  const post = await accept(team, profile, { mediaUrl: media.url('sample.mp4'), executeAt })
  await prepare(ctx, post)
  assert.equal((await postNow(ctx, post)).status, 'scheduled')
  clock.forward(7 * day)
  assert.equal((await step(ctx, profile)).status, 'warming')
  clock.to(new Date(executeAt))
  assert.equal((await step(ctx, profile)).status, 'warming')
  assert.equal((await postNow(ctx, post)).status, 'queued')
  clock.forward(session)
  assert.equal((await step(ctx, profile)).status, 'ready')
  assert.equal((await postNow(ctx, post)).status, 'published')
})

test('under a policy of no runs a profile is ready once it is set up, and never before', async () => {
  const { ctx, profile } = await begun({ runs: 0, maintenanceMs: 0 })
  assert.equal((await profileNow(ctx, profile)).status, 'configuring')
  const ready = await step(ctx, profile)
  assert.deepEqual([ready.status, ready.ready_at], ['ready', clock.now()])
  assert.equal((await runs(profile)).length, 0)
})

test('a shorter interval moves the planned run, and a policy that is met already makes ready at once', async () => {
  const { ctx, profile, team } = await begun({ runs: 3, spanMs: 0 })
  await step(ctx, profile)
  clock.forward(session)
  await step(ctx, profile)
  const ended = clock.now().getTime()
  await updateTeam(team.unit, { intervalMs: hour })
  assert.deepEqual(await nextWork(ctx, profile.id), new Date(ended + hour))
  await updateTeam(team.unit, { runs: 1 })
  assert.equal((await step(ctx, profile)).status, 'ready')
  assert.equal((await profileNow(ctx, profile)).runs_completed, 1)
})

test('maintenance that is switched off plans nothing more, and switched on again counts from the last run', async () => {
  const { ctx, profile, team } = await begun({ runs: 1, spanMs: 0 })
  await drive(ctx, clock, profile, async () => (await profileNow(ctx, profile)).status === 'ready')
  const last = (await profileNow(ctx, profile)).last_run_ended_at?.getTime() ?? 0
  await updateTeam(team.unit, { maintenanceMs: 0 })
  clock.forward(day)
  assert.equal((await step(ctx, profile)).status, 'ready')
  assert.equal(await nextWork(ctx, profile.id), null)
  await updateTeam(team.unit, { maintenanceMs: 7 * day })
  assert.deepEqual(await nextWork(ctx, profile.id), new Date(last + 7 * day))
  await updateTeam(team.unit, { maintenanceMs: hour })
  assert.equal((await step(ctx, profile)).status, 'warming')
})
