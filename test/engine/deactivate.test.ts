import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moveProfile } from '../../src/domain/profiles/move.ts'
import { deactivateProfile } from '../../src/domain/closing/deactivate.ts'
import { isWaiting } from '../support/locks.ts'
import { testCroft } from '../support/croft.ts'
import { startMediaServer } from '../support/media-server.ts'
import { onPlatform, postNow, prepared } from '../support/posts.ts'
import { carryOut, readyProfile } from '../support/ready-profile.ts'
import { addDriver, gate, publishedAs, testDriver } from '../support/test-driver.ts'
import { until } from '../support/wait.ts'
import { newProfile } from '../support/warming-profile.ts'

test('a profile that is deactivated just as a worker settles its task is deactivated after it, and the two do not lock each other out', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team } = server
  const profile = await newProfile(team)
  const [held, waited] = [gate(), gate()]
  // As a worker settles: the task first, then its profile.
  const settling = team.unit.commit(async (tx) => {
    await tx.trx.selectFrom('tasks').select('id').where('profile_id', '=', profile.id).forUpdate().execute()
    held.open()
    await waited.passed
    return moveProfile(tx, profile, 'set_up_failed', 'a test')
  })
  await held.passed
  const deactivating = deactivateProfile(team.unit, profile.id)
  await until(() => isWaiting(ctx.db), { what: 'the deactivation to wait for the worker' })
  waited.open()
  assert.equal((await settling).status, 'retrying')
  assert.equal((await deactivating).row.status, 'deactivated')
  const open = await ctx.db.selectFrom('tasks').select('id').where('status', 'in', ['queued', 'running', 'waiting']).execute()
  assert.deepEqual(open, [])
})

test('a publish that is under way when its profile is deactivated goes on to its end; what waits behind it is called off', async (t) => {
  const media = await startMediaServer()
  const server = await testCroft({ work: false })
  t.after(async () => {
    await server.stop()
    await media.stop()
  })
  const { ctx, team } = server
  const [begun, answered] = [gate(), gate()]
  addDriver(
    ctx,
    testDriver({
      async publish(_profile, { id }) {
        begun.open()
        await answered.passed
        return { done: publishedAs(id) }
      },
    }),
  )
  const profile = await readyProfile(ctx, team, { driver: 'test' })
  const first = await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4') })
  const second = await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4') })
  const work = carryOut(ctx, profile)
  await begun.passed
  await deactivateProfile(team.unit, profile.id)
  answered.open()
  await work
  assert.deepEqual([(await postNow(ctx, first)).status, (await postNow(ctx, second)).status], ['published', 'canceled'])
  assert.deepEqual(await onPlatform(ctx, second), [])
})
