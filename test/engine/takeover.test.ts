import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { resolvePost } from '../../src/domain/posts/resolve.ts'
import { retryPost } from '../../src/domain/posts/retry.ts'
import type { PostRow } from '../../src/kernel/rows.ts'
import type { Driver, Reconciled } from '../../src/drivers/contract.ts'
import { standingClock } from '../support/clock.ts'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { drivePost } from '../support/drive.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { postNow, prepare, prepared } from '../support/posts.ts'
import { carryOut, readyProfile } from '../support/ready-profile.ts'
import { addDriver, gate, publishedAs, testDriver } from '../support/test-driver.ts'
import { until } from '../support/wait.ts'

const clock = standingClock()
let server: TestCroft
let media: MediaServer

before(async () => {
  media = await startMediaServer()
  server = await testCroft({ work: false, substitutes: { clock } })
})
after(async () => {
  await server.stop()
  await media.stop()
})

/** A post whose first worker is in the middle of the once step and does not come back until `answer`; its lease has run out. */
async function stalled(reconciled: () => Reconciled, own: Partial<Driver> = {}) {
  const { ctx, team } = server
  const [reached, answered] = [gate(), gate()]
  let asked = 0
  addDriver(
    ctx,
    testDriver({
      async publish(_profile, { id }, step) {
        await step(
          'publish',
          async () => {
            asked += 1
            if (asked > 1) return null
            reached.open()
            await answered.passed
            return null
          },
          { once: true },
        )
        return { done: publishedAs(id) }
      },
      reconcile: () => Promise.resolve(reconciled()),
      ...own,
    }),
  )
  const profile = await readyProfile(ctx, team, { driver: 'test' })
  const post = await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4') })
  const zombie = carryOut(ctx, profile, 'zombie')
  await reached.passed
  await ctx.db
    .updateTable('tasks')
    .set({ lease_until: new Date(0) })
    .where('id', '=', post.id)
    .execute()
  return {
    ctx,
    team,
    profile,
    post,
    asked: () => asked,
    comesBack: async () => {
      answered.open()
      await zombie
    },
  }
}

const deliveries = (post: PostRow) => server.ctx.db.selectFrom('deliveries').selectAll().where('task_id', '=', post.id).execute()

test('the task of a dead worker is taken over, its once step is not run again, and the late answer of the first counts for nothing', async () => {
  const { ctx, post, profile, asked, comesBack } = await stalled(() => ({ is: 'unknown' }))
  await carryOut(ctx, profile, 'heir')
  assert.equal((await postNow(ctx, post)).status, 'unconfirmed')
  await comesBack()
  assert.equal((await postNow(ctx, post)).status, 'unconfirmed')
  assert.equal(asked(), 1)
  assert.deepEqual(await deliveries(post), [])
})

test('a worker that comes back late does not undo what its heir began', async () => {
  const { ctx, post, profile, asked, comesBack } = await stalled(() => ({ is: 'not_published' }))
  await carryOut(ctx, profile, 'heir')
  assert.equal((await postNow(ctx, post)).status, 'queued')
  await comesBack()
  assert.equal((await drivePost(ctx, clock, post)).status, 'published')
  assert.equal(asked(), 2)
  assert.equal((await deliveries(post)).length, 1)
})

test('an unconfirmed post that a person finds out is published, and told of', async () => {
  const { ctx, team, post, profile, comesBack } = await stalled(() => ({ is: 'unknown' }))
  await carryOut(ctx, profile, 'heir')
  await comesBack()
  const { row } = await resolvePost(team.unit, post.id, { outcome: 'published', postUrl: 'https://platform.test/seen' })
  assert.deepEqual([row.status, row.post_url, row.failure], ['published', 'https://platform.test/seen', null])
  assert.deepEqual(
    (await deliveries(post)).map(({ body }) => JSON.parse(body) as unknown),
    [{ event: 'post.published', phone_id: null, post_url: 'https://platform.test/seen' }],
  )
  await assert.rejects(resolvePost(team.unit, post.id, { outcome: 'not_published' }), { code: 'invalid_state' })
})

test('an unconfirmed post that a person does not find has failed, and can be tried again', async () => {
  const { ctx, team, post, profile, asked, comesBack } = await stalled(() => ({ is: 'unknown' }))
  await carryOut(ctx, profile, 'heir')
  await comesBack()
  assert.equal((await resolvePost(team.unit, post.id, { outcome: 'not_published' })).row.status, 'failed')
  assert.equal((await retryPost(team.unit, post.id)).row.status, 'preparing')
  await prepare(ctx, post)
  assert.equal((await drivePost(ctx, clock, post)).status, 'published')
  assert.equal(asked(), 2)
})

test('a post whose platform cannot be asked waits, and is unconfirmed in the end', async () => {
  let questions = 0
  const { ctx, post, comesBack } = await stalled(() => {
    questions += 1
    throw new Error('no answer')
  })
  const ended = await drivePost(ctx, clock, post)
  assert.equal(ended.status, 'unconfirmed')
  assert.ok(questions > 1)
  await comesBack()
  assert.equal((await postNow(ctx, post)).status, 'unconfirmed')
})

test('a driver that is switched off after it was asked leaves the post unconfirmed, not failed', async () => {
  let off: string | null = null
  const { ctx, post, asked, comesBack } = await stalled(() => ({ is: 'not_published' }), { unavailable: () => off })
  off = 'it is switched off'
  assert.equal((await drivePost(ctx, clock, post)).status, 'unconfirmed')
  await comesBack()
  assert.equal(asked(), 1)
})

test('a worker whose lease cannot be extended does not begin the once step', async (t) => {
  const block = { at: '' }
  const other = await testCroft({
    work: false,
    substitutes: {
      clock,
      leaseMs: 600,
      async reach(point) {
        if (point !== 'step.began' || block.at === '') return
        const id = block.at
        block.at = ''
        await other.database.db.transaction().execute(async (trx) => {
          await trx.selectFrom('tasks').select('id').where('id', '=', id).forUpdate().execute()
          const runOut = async () =>
            ((
              await trx.selectFrom('tasks').select('lease_until').where('id', '=', id).executeTakeFirst()
            )?.lease_until?.getTime() ?? 0) < Date.now()
          await until(runOut, { what: 'the end of the lease' })
        })
      },
    },
  })
  t.after(() => other.stop())
  const { ctx, team } = other
  const asked: string[] = []
  addDriver(
    ctx,
    testDriver({
      async publish(_profile, { id }, step) {
        await step('publish', () => Promise.resolve(asked.push(id)), { once: true })
        return { done: publishedAs(id) }
      },
      reconcile: () => Promise.resolve({ is: asked.length > 0 ? 'unknown' : 'not_published' }),
    }),
  )
  const profile = await readyProfile(ctx, team, { driver: 'test' })
  const post = await prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4') })
  block.at = post.id
  await carryOut(ctx, profile)
  assert.deepEqual(asked, [])
  const published = async () => {
    clock.forward(5_000)
    await carryOut(ctx, profile)
    return (await postNow(ctx, post)).status === 'published'
  }
  await until(published, { what: 'the next try' })
  assert.deepEqual(asked, [post.id])
})
