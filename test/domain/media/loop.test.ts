import assert from 'node:assert/strict'
import { after, before, test, type TestContext } from 'node:test'
import { cancelPost } from '../../../src/domain/posts/cancel.ts'
import { HostPlaces } from '../../../src/domain/media/host-places.ts'
import { startMediaLoop } from '../../../src/domain/media/loop.ts'
import { findDue } from '../../../src/domain/media/media-rows.ts'
import { postMedia } from '../../../src/domain/posts/prepare.ts'
import type { RunningLoop } from '../../../src/engine/loop.ts'
import type { PostRow } from '../../../src/kernel/rows.ts'
import { testCroft, testTeam, type TestCroft, type TestTeam } from '../../support/croft.ts'
import { startMediaServer, type MediaServer } from '../../support/media-server.ts'
import { accept, postNow } from '../../support/posts.ts'
import { readyProfile } from '../../support/ready-profile.ts'
import { startSlowServer } from '../../support/slow-server.ts'
import { until } from '../../support/wait.ts'

const mostOfHost = 16

let server: TestCroft
let media: MediaServer
before(async () => {
  media = await startMediaServer()
  server = await testCroft({ work: false, substitutes: { leaseMs: 1_500 } })
})
after(async () => {
  await server.stop()
  await media.stop()
})

/** Begins to fetch as a worker does. The test's end stops it. */
function fetching(t: TestContext, places = new HostPlaces(mostOfHost)): RunningLoop {
  const loop = startMediaLoop(server.ctx, postMedia, places)
  t.after(() => loop.stop(0))
  return loop
}

/** Posts of a new team's, in the order of the addresses. */
async function waiting(name: string, urls: readonly string[]): Promise<{ team: TestTeam; posts: PostRow[] }> {
  const team = await testTeam(server.ctx, name)
  const profile = await readyProfile(server.ctx, team)
  const posts: PostRow[] = []
  for (const mediaUrl of urls) posts.push(await accept(team, profile, { mediaUrl }))
  return { team, posts }
}

/** Spares them the pauses before further tries, as after a connection that broke. */
const hurry = () => {
  const { ctx } = server
  const now = ctx.clock.now()
  return ctx.db.updateTable('posts').set({ prepare_at: now }).where('prepare_at', '>', now).execute()
}

const ready = (posts: readonly PostRow[], what: string) =>
  until(
    async () => {
      await hurry()
      return (await Promise.all(posts.map((post) => postNow(server.ctx, post)))).every(({ status }) => status === 'queued')
    },
    { timeoutMs: 30_000, what },
  )

test('a look for due rows steps from team to team, and takes no more of one than its share', async () => {
  const { ctx } = server
  const many = await waiting(
    'many',
    Array.from({ length: 20 }, () => media.url('sample.mp4')),
  )
  const one = await waiting('one', [media.url('sample.mp4')])
  const look = async (teams: string[]) => {
    const { rows, end } = await findDue(ctx, postMedia, { after: null, most: postMedia.share, teams, hosts: [] })
    assert.equal(end, null)
    return rows
  }
  const found = await look([])
  const ofMany = found.filter((row) => row.team_id === many.team.id).map((row) => row['id'])
  assert.deepEqual(
    ofMany,
    many.posts.slice(0, postMedia.share).map(({ id }) => id),
  )
  assert.equal(found.filter((row) => row.team_id === one.team.id).length, 1)
  assert.deepEqual(
    (await look([many.team.id])).map((row) => row['id']),
    one.posts.map(({ id }) => id),
  )
  for (const { id } of [...many.posts, ...one.posts]) {
    const team = many.posts.some((post) => post.id === id) ? many.team : one.team
    await cancelPost(team.unit, id)
  }
})

test('a host that hangs holds its own places alone, and what waits behind it is fetched when it answers again', async (t) => {
  const slow = await startSlowServer()
  t.after(() => slow.stop())
  const hung: PostRow[] = []
  for (const name of ['hung 1', 'hung 2', 'hung 3'])
    hung.push(
      ...(
        await waiting(
          name,
          Array.from({ length: 8 }, () => slow.url('sample.mp4')),
        )
      ).posts,
    )
  fetching(t)
  await until(() => slow.open() === mostOfHost, { what: 'fetches from the host that hangs' })
  const both = await waiting('both', [slow.url('sample.mp4'), media.url('sample.mp4')])
  server.ctx.wakeups.wake('media')
  await ready(both.posts.slice(1), 'the post of the good host')
  assert.deepEqual([slow.open(), slow.peak()], [mostOfHost, mostOfHost])
  slow.release()
  await ready([...hung, ...both.posts], 'the posts of the host that hung')
})

test('a loop that stops gives its posts back at once, and the next one fetches them', async (t) => {
  const slow = await startSlowServer()
  t.after(() => slow.stop())
  const { posts } = await waiting(
    'given back',
    Array.from({ length: 3 }, () => slow.url('sample.mp4')),
  )
  const first = fetching(t)
  await until(() => slow.open() === 3, { what: 'the fetches' })
  await first.stop(0)
  for (const post of posts) {
    const { status, prepare_claim, prepare_lease, prepare_tries, prepare_faults } = await postNow(server.ctx, post)
    assert.deepEqual([status, prepare_claim, prepare_lease, prepare_tries, prepare_faults], ['preparing', null, null, 0, 0])
  }
  slow.release()
  fetching(t)
  await ready(posts, 'the posts that were given back')
})

test('one heartbeat holds all posts for as long as it takes, and ends the fetch of one that was called off', async (t) => {
  const slow = await startSlowServer()
  t.after(() => slow.stop())
  const { team, posts } = await waiting(
    'held',
    Array.from({ length: 3 }, () => slow.url('sample.mp4')),
  )
  fetching(t)
  await until(() => slow.open() === 3, { what: 'the fetches' })
  const before = await Promise.all(posts.map((post) => postNow(server.ctx, post)))
  const [off, ...rest] = posts
  assert.ok(off)
  await cancelPost(team.unit, off.id)
  await until(() => slow.open() === 2, { what: 'the end of the fetch that nobody wants' })
  await until(
    async () => {
      const now = await Promise.all(rest.map((post) => postNow(server.ctx, post)))
      return now.every(({ id, prepare_claim, prepare_lease }) => {
        const was = before.find((post) => post.id === id)
        return prepare_claim === was?.prepare_claim && Number(prepare_lease) > Number(was.prepare_lease) + 1_500
      })
    },
    { what: 'leases that were extended beyond their first end' },
  )
  slow.release()
  await ready(rest, 'the posts that were held')
  assert.equal((await postNow(server.ctx, off)).status, 'canceled')
})
