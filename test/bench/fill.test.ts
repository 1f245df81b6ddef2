import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idOf } from '../../bench/fill/ids.ts'
import { fillPosts } from '../../bench/fill/posts.ts'
import { fillProfiles } from '../../bench/fill/profiles.ts'
import { waitingPost } from '../../bench/support/staged.ts'
import { testCroft } from '../support/croft.ts'
import { startMediaServer } from '../support/media-server.ts'
import { until } from '../support/wait.ts'

test('rows that the benchmark fills in are posts to the API, and due ones to the worker', async (t) => {
  const [server, media] = [await testCroft(), await startMediaServer()]
  t.after(async () => {
    await server.stop()
    await media.stop()
  })
  const { team, key, request, database } = server
  await fillProfiles(database.pool, { teamId: team.id, driver: 'sandbox', first: 0, count: 3 })
  const id = await waitingPost({ croft: server, key, database }, idOf('profile', 0), media.url('sample.mp4'))
  const posts = { like: { teamId: team.id, id }, profiles: { first: 0, count: 3 } }
  await fillPosts(database.pool, {
    ...posts,
    first: 0,
    count: 4,
    due: `now() + n * interval '1 day' - interval '2 days'`,
    published: 'n < 2',
  })
  const statusOf = async (n: number) => {
    const { body } = await request('GET', `/v1/posts/${idOf('post', n)}`)
    return (body as { status: string }).status
  }
  assert.equal(await statusOf(0), 'published')
  assert.equal(await statusOf(3), 'scheduled')
  const { body } = await request('GET', `/v1/farm-profiles/${idOf('profile', 1)}`)
  assert.equal((body as { status: string }).status, 'ready')
  await until(async () => (await statusOf(2)) === 'published', { timeoutMs: 30_000, what: 'the publishing of a filled post' })
})
