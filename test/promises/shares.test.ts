import assert from 'node:assert/strict'
import { after, before, test, type TestContext } from 'node:test'
import type { PostRow } from '../../src/kernel/rows.ts'
import { testCroft, testTeam, type TestCroft, type TestTeam } from '../support/croft.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { accept, postNow } from '../support/posts.ts'
import { readyProfile } from '../support/ready-profile.ts'
import { startSlowServer } from '../support/slow-server.ts'
import { addDriver, gate, publishedAs, testDriver } from '../support/test-driver.ts'
import { until } from '../support/wait.ts'
import { startWebhookReceiver } from '../support/webhook-receiver.ts'
import { register } from './support/endpoints.ts'
import { happen } from './support/events.ts'

// What one team's hosts, platform or receivers keep waiting costs no other team more than a moment.

let server: TestCroft
let media: MediaServer
let hooks: Awaited<ReturnType<typeof startWebhookReceiver>>
before(async () => {
  media = await startMediaServer()
  hooks = await startWebhookReceiver()
  server = await testCroft({ settings: { CROFT_CONCURRENCY: '16' } })
})
after(async () => {
  await server.stop()
  await media.stop()
  await hooks.stop()
})

const published = (post: PostRow, what: string) =>
  until(async () => (await postNow(server.ctx, post)).status === 'published', { timeoutMs: 20_000, what })

/** Another team's post, from its acceptance until it is out and told of. */
async function goesOut(t: TestContext, name: string): Promise<void> {
  const team = await testTeam(server.ctx, name)
  const profile = await readyProfile(server.ctx, team)
  const began = performance.now()
  const post = await accept(team, profile, { mediaUrl: media.url('sample.mp4'), webhookUrl: hooks.url(`/${name}`) })
  await published(post, `the post of ${name}`)
  await until(() => hooks.received.some(({ path }) => path === `/${name}`), { timeoutMs: 20_000, what: `the webhook of ${name}` })
  t.diagnostic(`out and told of after ${Math.round(performance.now() - began)} ms`)
}

/** Profiles of a team, made side by side. */
const profiles = (team: TestTeam, count: number, driver?: string) =>
  Promise.all(Array.from({ length: count }, () => readyProfile(server.ctx, team, driver === undefined ? {} : { driver })))

test('a team whose media hosts drip holds a share of the places: another team’s post goes out meanwhile', async (t) => {
  const { ctx } = server
  const team = await testTeam(ctx, 'drip')
  const slow = await startSlowServer()
  t.after(() => slow.stop())
  const posts = await Promise.all(
    (await profiles(team, 12)).map((profile) => accept(team, profile, { mediaUrl: slow.url('sample.mp4') })),
  )
  await until(() => slow.open() >= 3, { what: 'downloads from the slow host' })
  await goesOut(t, 'beside-drip')
  assert.ok(slow.open() >= 3, 'the slow ones are still under way')
  assert.ok(slow.peak() <= 8, `${slow.peak()} at once for one team`)
  slow.release()
  for (const post of posts) await published(post, 'a post of the slow host')
})

test('a team whose platform hangs holds a share of the places: another team’s due post goes out meanwhile', async (t) => {
  const { ctx } = server
  const hung = gate()
  const under = new Set<string>()
  addDriver(
    ctx,
    testDriver({
      publish: async (_profile, post) => {
        under.add(post.id)
        await hung.passed
        return { done: publishedAs(post.id) }
      },
    }),
  )
  const team = await testTeam(ctx, 'hung')
  const posts = await Promise.all(
    (await profiles(team, 16, 'test')).map((profile) => accept(team, profile, { mediaUrl: media.url('sample.mp4') })),
  )
  await until(() => under.size >= 3, { timeoutMs: 30_000, what: 'posts that hang' })
  await until(
    async () => (await Promise.all(posts.map((post) => postNow(ctx, post)))).every(({ status }) => status !== 'preparing'),
    {
      timeoutMs: 30_000,
      what: 'the media',
    },
  )
  await goesOut(t, 'beside-hung')
  // A quarter of the places that are left.
  assert.equal(under.size, 3)
  hung.open()
  for (const post of posts) await published(post, 'a post that hung')
})

test('a team whose receivers are silent holds a share of the lanes: another team is told meanwhile', async (t) => {
  const { ctx } = server
  const silent = await startWebhookReceiver()
  t.after(() => silent.stop())
  const teams = await Promise.all([testTeam(ctx, 'silent'), testTeam(ctx, 'silent too')])
  for (const team of teams) for (let n = 0; n < 50; n += 1) await register(server, team.key, silent.url(`/${n}`))
  for (let n = 0; n < 100; n += 1) silent.answers.push(() => undefined)
  for (const team of teams) await happen(team.unit)
  await until(() => silent.received.length >= 40, { what: 'requests to the silent receivers' })
  const good = await testTeam(ctx, 'told beside the silent')
  await register(server, good.key, hooks.url('/good'))
  const began = performance.now()
  await happen(good.unit)
  await until(() => hooks.received.some(({ path }) => path === '/good'), { timeoutMs: 8_000, what: 'the good receiver' })
  t.diagnostic(`told after ${Math.round(performance.now() - began)} ms`)
})
