import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FaultPoint } from '../../src/kernel/context.ts'
import { createProfile } from '../../src/domain/profiles/create.ts'
import { getProfile } from '../../src/domain/profiles/get.ts'
import { updateTeam } from '../../src/domain/teams/update.ts'
import { standingClock } from '../support/clock.ts'
import { testCroft } from '../support/croft.ts'
import { startMediaServer } from '../support/media-server.ts'
import { postNow, prepared } from '../support/posts.ts'
import { carryOut, newUsername } from '../support/ready-profile.ts'
import { until } from '../support/wait.ts'
import { testManager } from './support.ts'

test('a worker that dies between the claim and the hand-over leaves one item behind, not none and not two', async (t) => {
  let dying: FaultPoint | null = null
  const clock = standingClock()
  const server = await testCroft({
    work: false,
    substitutes: {
      clock,
      leaseMs: 200,
      reach: (point) => {
        if (point !== dying) return Promise.resolve()
        dying = null
        return Promise.reject(new Error('the worker died'))
      },
    },
  })
  const media = await startMediaServer()
  t.after(async () => {
    await server.stop()
    await media.stop()
  })
  const { ctx, team } = server
  const ana = await testManager(server, team)
  await updateTeam(team.unit, { runs: 0, maintenanceMs: 0 })
  const { row: profile } = await createProfile(team.unit, {
    username: newUsername(),
    emailAuthMethod: 'google',
    platform: 'tiktok',
    driver: 'operator',
  })
  const items = (kind: 'setup' | 'publish') =>
    ctx.db.selectFrom('work_items').selectAll().where('profile_id', '=', profile.id).where('kind', '=', kind).execute()
  const dieAndGoOn = async (kind: 'setup' | 'publish') => {
    dying = 'task.claimed'
    await assert.rejects(carryOut(ctx, profile), /the worker died/)
    assert.deepEqual(await items(kind), [])
    // The lease runs by the database's clock.
    await until(async () => {
      await carryOut(ctx, profile)
      return (await items(kind)).length > 0
    })
    await carryOut(ctx, profile)
    const [item, ...more] = await items(kind)
    assert.ok(item)
    assert.deepEqual(more, [])
    return item
  }
  const setup = await dieAndGoOn('setup')
  await ana.request('POST', `/v1/work/${setup.id}/start`)
  await ana.request('POST', `/v1/work/${setup.id}/submit`, { values: { phone_name: 'Rack 1' } })
  assert.equal((await getProfile(ctx.db, team.id, profile.id)).status, 'ready')

  const post = await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4') })
  const work = await dieAndGoOn('publish')
  assert.equal((await postNow(ctx, post)).status, 'waiting_for_operator')
  await ana.request('POST', `/v1/work/${work.id}/start`)
  await ana.request('POST', `/v1/work/${work.id}/submit`, { post_url: 'https://www.tiktok.com/@bakery/video/1' })
  assert.equal((await postNow(ctx, post)).status, 'published')
})
