import assert from 'node:assert/strict'
import { test } from 'node:test'
import { standingClock } from '../support/clock.ts'
import { testCroft } from '../support/croft.ts'
import { startMediaServer } from '../support/media-server.ts'
import { postNow, prepared } from '../support/posts.ts'
import { carryOut, readyProfile } from '../support/ready-profile.ts'
import { addDriver, gate, publishedAs, testDriver } from '../support/test-driver.ts'

test('a worker that lost its task, and hears that nothing went out, does not make its heir forget what it asked since', async (t) => {
  const clock = standingClock()
  const media = await startMediaServer()
  const server = await testCroft({ work: false, substitutes: { clock } })
  t.after(async () => {
    await server.stop()
    await media.stop()
  })
  const { ctx, team } = server
  const [zombieAsked, zombieGivesUp, heirAsked, heirAnswered] = [gate(), gate(), gate(), gate()]
  let asked = 0
  addDriver(
    ctx,
    testDriver({
      async publish(_profile, { id }, step) {
        const ask = async () => {
          asked += 1
          if (asked === 1) {
            zombieAsked.open()
            await zombieGivesUp.passed
            throw new Error('no answer')
          }
          heirAsked.open()
          await heirAnswered.passed
          return null
        }
        await step('publish', ask, { once: true })
        return { done: publishedAs(id) }
      },
      reconcile: () => Promise.resolve({ is: 'not_published' }),
    }),
  )
  const profile = await readyProfile(ctx, team, { driver: 'test' })
  const post = await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4') })

  const zombie = carryOut(ctx, profile, 'zombie')
  await zombieAsked.passed
  await ctx.db
    .updateTable('tasks')
    .set({ lease_until: new Date(0) })
    .where('id', '=', post.id)
    .execute()
  await carryOut(ctx, profile, 'heir')
  clock.forward(3_600_000)
  const heir = carryOut(ctx, profile, 'heir')
  await heirAsked.passed
  zombieGivesUp.open()
  await zombie
  heirAnswered.open()
  await heir
  assert.equal((await postNow(ctx, post)).status, 'published')
  assert.equal(asked, 2)
})
