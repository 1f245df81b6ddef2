import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Driver } from '../../src/drivers/contract.ts'
import { standingClock } from '../support/clock.ts'
import { testCroft, type TestCroft } from '../support/croft.ts'
import { drivePost } from '../support/drive.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { postNow, prepared } from '../support/posts.ts'
import { carryOut, readyProfile } from '../support/ready-profile.ts'
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

/** A ready profile of a driver, and a way to make posts of it. */
async function scene(own: Partial<Driver>) {
  const { ctx, team } = server
  addDriver(ctx, testDriver(own))
  const profile = await readyProfile(ctx, team, { driver: 'test' })
  const post = (executeAt: number | null = null) => prepared(ctx, team, profile, { mediaUrl: media.url('sample.mp4'), executeAt })
  return { ctx, team, profile, post }
}

const refused = { code: 'busy', message: 'Not now.', retryable: true, who: 'platform' as const }

test('what a step found is kept: the next try goes on from there', async () => {
  const ran: string[] = []
  const { ctx, post } = await scene({
    async publish(_profile, { id }, step) {
      const upload = await step('upload', () => Promise.resolve(ran.push('upload')))
      await step('check', () => (ran.push('check') === 2 ? Promise.reject(new Error('broken')) : Promise.resolve(null)))
      await step('publish', () => Promise.resolve(ran.push(`publish ${upload}`)), { once: true })
      return { done: publishedAs(id) }
    },
  })
  const ended = await drivePost(ctx, clock, await post())
  assert.equal(ended.status, 'published')
  assert.deepEqual(ran, ['upload', 'check', 'check', 'publish 1'])
})

test('a refusal that may pass begins the next try anew', async () => {
  const ran: string[] = []
  const { ctx, post } = await scene({
    async publish(_profile, { id }, step) {
      await step('upload', () => Promise.resolve(ran.push('upload')))
      const answer = await step('publish', () => Promise.resolve(ran.push('publish') > 2), { once: true })
      return answer ? { done: publishedAs(id) } : { failed: refused }
    },
  })
  assert.equal((await drivePost(ctx, clock, await post())).status, 'published')
  assert.deepEqual(ran, ['upload', 'publish', 'upload', 'publish'])
})

test('a driver that breaks off after it asked is not asked again, and a post that nobody can vouch for is unconfirmed', async () => {
  let asked = 0
  const { ctx, post } = await scene({
    async publish(_profile, { id }, step) {
      await step('publish', () => Promise.resolve((asked += 1)), { once: true })
      if (id !== '') throw new Error('broken')
      return { done: publishedAs(id) }
    },
  })
  const ended = await drivePost(ctx, clock, await post())
  assert.equal(ended.status, 'unconfirmed')
  assert.equal(ended.failure?.code, 'outcome_unknown')
  assert.equal(asked, 1)
})

test('posts that are due in the same millisecond go out one after the other, by their ids', async () => {
  const log: string[] = []
  const { ctx, profile, post } = await scene({
    async publish(_profile, { id }) {
      log.push(`begin ${id}`)
      await new Promise((resolve) => void setImmediate(resolve))
      log.push(`end ${id}`)
      return { done: publishedAs(id) }
    },
  })
  const due = clock.now().getTime() + 60_000
  const ids = [await post(due), await post(due), await post(due)].map(({ id }) => id).sort()
  clock.to(new Date(due))
  await Promise.all([1, 2, 3, 4].map((n) => carryOut(ctx, profile, `worker ${n}`)))
  assert.deepEqual(
    log,
    ids.flatMap((id) => [`begin ${id}`, `end ${id}`]),
  )
})

test('the earliest due goes first, whichever was made first', async () => {
  const order: string[] = []
  const { ctx, profile, post } = await scene({
    publish: (_profile, { id }) => Promise.resolve({ done: publishedAs((order.push(id), id)) }),
  })
  const start = clock.now().getTime()
  const late = await post(start + 120_000)
  const early = await post(start + 60_000)
  clock.to(new Date(start + 180_000))
  await carryOut(ctx, profile)
  assert.deepEqual(order, [early.id, late.id])
})

test('posts of two profiles go out side by side', async () => {
  const { passed, open } = gate()
  let begun = 0
  const { ctx, profile, post } = await scene({
    async publish(_profile, { id }) {
      begun += 1
      if (begun === 2) open()
      await passed
      return { done: publishedAs(id) }
    },
  })
  const { team } = server
  const other = await readyProfile(ctx, team, { driver: 'test' })
  const posts = [await post(), await prepared(ctx, team, other, { mediaUrl: media.url('sample.mp4') })]
  await Promise.all([carryOut(ctx, profile), carryOut(ctx, other)])
  for (const one of posts) assert.equal((await postNow(ctx, one)).status, 'published')
})

test('a post that waits for its next try holds nobody up', async () => {
  let refusals = 1
  const { ctx, profile, post } = await scene({
    publish: (_profile, { id }) => Promise.resolve((refusals -= 1) >= 0 ? { failed: refused } : { done: publishedAs(id) }),
  })
  const [first, second] = [await post(), await post()]
  await carryOut(ctx, profile)
  assert.deepEqual([(await postNow(ctx, first)).status, (await postNow(ctx, second)).status], ['queued', 'published'])
  assert.equal((await drivePost(ctx, clock, first)).status, 'published')
})

test('while its driver is switched off a post is tried again, and in the end fails without having been asked for', async () => {
  let asked = 0
  let off: string | null = null
  const { ctx, post } = await scene({
    unavailable: () => off,
    publish: (_profile, { id }) => Promise.resolve({ done: publishedAs(`${id} ${(asked += 1)}`) }),
  })
  const waiting = await post()
  off = 'it is switched off'
  const ended = await drivePost(ctx, clock, waiting)
  assert.deepEqual([ended.status, ended.failure?.code, asked], ['failed', 'driver_unavailable', 0])
})
