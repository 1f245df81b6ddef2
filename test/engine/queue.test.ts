import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { cancelPost } from '../../src/domain/posts/cancel.ts'
import { updatePost } from '../../src/domain/posts/update.ts'
import { TaskQueue } from '../../src/domain/tasks/queue.ts'
import { CroftError } from '../../src/kernel/errors.ts'
import type { PostRow } from '../../src/kernel/rows.ts'
import { standingClock } from '../support/clock.ts'
import { testCroft, testTeam, type TestCroft, type TestTeam } from '../support/croft.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { postNow, prepared } from '../support/posts.ts'
import { readyProfile } from '../support/ready-profile.ts'
import { addDriver, gate, publishedAs, testDriver } from '../support/test-driver.ts'

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

const going = new AbortController().signal

/** A worker's queue that is closed when the test ends. */
function openQueue(t: { after(end: () => void): void }, worker: string, concurrency: number): TaskQueue {
  const queue = new TaskQueue(server.ctx, worker, concurrency)
  t.after(() => queue.close())
  return queue
}

/** `count` prepared posts on each of some profiles of the team, the first due first. */
async function postsOf(team: TestTeam, profiles: number, count: number): Promise<PostRow[][]> {
  return Promise.all(
    Array.from({ length: profiles }, async () => {
      const profile = await readyProfile(server.ctx, team, { driver: 'test' })
      const posts: PostRow[] = []
      for (let n = 0; n < count; n += 1)
        posts.push(await prepared(server.ctx, team, profile, { mediaUrl: media.url('sample.mp4') }))
      return posts
    }),
  )
}

const parkedOf = async (team: TestTeam): Promise<string[]> => {
  const rows = await server.ctx.db
    .selectFrom('tasks')
    .select('id')
    .where('team_id', '=', team.id)
    .where('status', '=', 'queued')
    .where('parked', '=', true)
    .execute()
  return rows.map(({ id }) => id)
}

test('a claim takes due posts of every team, however many one of them has', async (t) => {
  addDriver(server.ctx, testDriver())
  const [many, one] = [await testTeam(server.ctx, 'many'), await testTeam(server.ctx, 'one')]
  await postsOf(many, 6, 3)
  const [[only]] = (await postsOf(one, 1, 1)) as [[PostRow]]
  const queue = openQueue(t, 'fair', 4)
  const claimed = await queue.claim(4)
  assert.ok(claimed.some(({ task }) => task.id === only.id))
  assert.ok(claimed.some(({ task }) => task.team_id === many.id))
  assert.ok(claimed.length <= 4)
  for (let rest = claimed; rest.length > 0; rest = await queue.claim(4)) for (const work of rest) await queue.run(work, going)
})

test('what waits behind a post of its profile is parked, shows as queued, and is released one at a time in the order due', async (t) => {
  addDriver(server.ctx, testDriver())
  const team = await testTeam(server.ctx, 'in line')
  const [posts] = (await postsOf(team, 1, 3)) as [PostRow[]]
  const queue = openQueue(t, 'in line', 8)
  for (const [index, post] of posts.entries()) {
    const [work, ...others] = await queue.claim(8)
    assert.equal(work?.task.id, post.id)
    assert.deepEqual(others, [])
    assert.deepEqual(
      (await parkedOf(team)).sort(),
      posts.slice(index + 1).map(({ id }) => id),
    )
    for (const later of posts.slice(index + 1)) assert.equal((await postNow(server.ctx, later)).status, 'queued')
    assert.deepEqual(await queue.claim(8), [], 'nothing else of this profile begins')
    await queue.run(work, going)
    assert.equal((await postNow(server.ctx, post)).status, 'published')
  }
  assert.deepEqual(await parkedOf(team), [])
})

test('a parked post that is the next after one that was canceled or put off begins without waiting for it', async (t) => {
  addDriver(server.ctx, testDriver())
  const team = await testTeam(server.ctx, 'moved')
  const [[first, second, third]] = (await postsOf(team, 1, 3)) as [[PostRow, PostRow, PostRow]]
  const queue = openQueue(t, 'moved', 8)
  const [work] = await queue.claim(8)
  assert.ok(work)
  await updatePost(team.unit, second.id, { executeAt: clock.now().getTime() + 3_600_000 })
  await queue.run(work, going)
  assert.equal((await postNow(server.ctx, first)).status, 'published')
  const [next] = await queue.claim(8)
  assert.equal(next?.task.id, third.id)
  await queue.run(next, going)
  await cancelPost(team.unit, second.id)
  assert.deepEqual(await queue.claim(8), [])
})

test('whatever is canceled, put off or brought forward meanwhile, two workers publish the rest once, one at a time for each profile', async (t) => {
  const { ctx } = server
  const team = await testTeam(ctx, 'any order')
  const [busy, asked] = [new Map<string, number>(), new Map<string, number>()]
  let worst = 0
  addDriver(
    ctx,
    testDriver({
      async publish(profile, post, step) {
        busy.set(profile.id, (busy.get(profile.id) ?? 0) + 1)
        worst = Math.max(worst, busy.get(profile.id) ?? 0)
        await step('publish', () => Promise.resolve(asked.set(post.id, (asked.get(post.id) ?? 0) + 1).size), { once: true })
        busy.set(profile.id, (busy.get(profile.id) ?? 0) - 1)
        return { done: publishedAs(post.id) }
      },
    }),
  )
  const queues = [openQueue(t, 'a', 3), openQueue(t, 'b', 3)]
  const change = fc.record({ post: fc.nat({ max: 7 }), what: fc.constantFrom('cancel', 'later', 'now', 'work a', 'work b') })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 4, maxLength: 16 }), async (changes) => {
      const posts = (await postsOf(team, 2, 4)).flat()
      const under: Promise<void>[] = []
      const work = async (queue: TaskQueue) => {
        for (const one of await queue.claim(3)) under.push(queue.run(one, going))
      }
      await Promise.all(
        changes.map(async ({ post, what }) => {
          if (what === 'work a' || what === 'work b') return work(queues[what === 'work a' ? 0 : 1] as TaskQueue)
          const { id } = posts[post] as PostRow
          const changed =
            what === 'cancel'
              ? cancelPost(team.unit, id)
              : updatePost(team.unit, id, { executeAt: what === 'now' ? null : clock.now().getTime() + 60_000 })
          // One that has begun refuses.
          await changed.catch((error: unknown) =>
            assert.ok(error instanceof CroftError && error.code === 'invalid_state', String(error)),
          )
        }),
      )
      await Promise.all(under)
      clock.forward(120_000)
      for (let idle = 0; idle < 2;) {
        under.length = 0
        await Promise.all(queues.map(work))
        await Promise.all(under)
        idle = under.length === 0 ? idle + 1 : 0
      }
      for (const post of posts) {
        const { status } = await postNow(ctx, post)
        assert.ok(status === 'published' || status === 'canceled', `${post.id} is ${status}`)
        assert.equal(asked.get(post.id) ?? 0, status === 'published' ? 1 : 0)
      }
      assert.deepEqual(await parkedOf(team), [])
    }),
    { numRuns: 8 },
  )
  assert.equal(worst, 1)
})

test('a claim asks little while the profile of what is due is locked', async (t) => {
  const { ctx, database } = server
  addDriver(ctx, testDriver())
  const team = await testTeam(ctx, 'locked')
  const [[post]] = (await postsOf(team, 1, 1)) as [[PostRow]]
  const queue = openQueue(t, 'locked', 8)
  await database.db.transaction().execute(async (trx) => {
    await trx.selectFrom('profiles').select('id').where('id', '=', post.profile_id).forNoKeyUpdate().execute()
    let looks = 0
    const counted = queue.claimFrom.bind(queue)
    queue.claimFrom = (...given) => {
      looks += 1
      return counted(...given)
    }
    assert.deepEqual(await queue.claim(8), [])
    assert.equal(looks, 1)
  })
  const [work] = await queue.claim(8)
  assert.equal(work?.task.id, post.id)
  await queue.run(work, going)
})

test('the posts of a profile that is closed fail with the reason, all by one claim', async (t) => {
  const { ctx } = server
  addDriver(ctx, testDriver())
  const team = await testTeam(ctx, 'closed')
  const [posts] = (await postsOf(team, 1, 3)) as [PostRow[]]
  const [{ profile_id }] = posts as [PostRow]
  await ctx.db.updateTable('profiles').set({ status: 'failed' }).where('id', '=', profile_id).execute()
  assert.deepEqual(await openQueue(t, 'closed', 8).claim(8), [])
  for (const post of posts) assert.equal((await postNow(ctx, post)).failure?.code, 'profile_closed')
})

test('a worker that is stopped does not wait for a driver that hangs', async (t) => {
  const hangs = await testCroft({ settings: { CROFT_CONCURRENCY: '4' } })
  const [asked, never] = [gate(), gate()]
  t.after(() => never.open())
  addDriver(
    hangs.ctx,
    testDriver({
      async publish(_profile, { id }) {
        asked.open()
        await never.passed
        return { done: publishedAs(id) }
      },
    }),
  )
  const profile = await readyProfile(hangs.ctx, hangs.team, { driver: 'test' })
  await prepared(hangs.ctx, hangs.team, profile, { mediaUrl: media.url('sample.mp4') })
  await asked.passed
  await hangs.croft.stop(50)
  await hangs.database.close()
})
