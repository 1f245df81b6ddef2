import assert from 'node:assert/strict'
import { after, before, suite, test, type TestContext } from 'node:test'
import type { FaultPoint } from '../../src/kernel/context.ts'
import type { PostRow } from '../../src/kernel/rows.ts'
import { testCroft } from '../support/croft.ts'
import type { WorkerOrder } from '../support/killed-croft.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { accept, onPlatform, postNow } from '../support/posts.ts'
import { readyProfile } from '../support/ready-profile.ts'
import { until } from '../support/wait.ts'
import { startWebhookReceiver } from '../support/webhook-receiver.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

// How often a video and a slideshow of one profile get there: each is prepared, claimed and told of once, and has two steps.
const chains: [FaultPoint, number][][] = [
  [
    ['prepare.began', 2],
    ['prepare.fetched', 2],
    ['step.began', 4],
  ],
  [
    ['prepare.stored', 2],
    ['task.claimed', 2],
    ['step.done', 4],
  ],
  [
    ['task.settled', 2],
    ['delivery.sent', 2],
    ['step.stored', 4],
  ],
]

let media: MediaServer
before(async () => {
  media = await startMediaServer()
})
after(() => media.stop())

/** A server that accepts posts, and worker processes beside it that carry them out. */
async function scene(t: TestContext) {
  const server = await testCroft({ work: false })
  const hooks = await startWebhookReceiver()
  t.after(async () => {
    await server.stop()
    await hooks.stop()
  })
  const { ctx, team, database, dataDir } = server
  const order: WorkerOrder = {
    connection: database.connection,
    dataDir,
    leaseMs: 1_500,
    choresEveryMs: 300,
    driverTimeoutMs: 900,
  }
  const startWorker = async () => {
    const worker = await startWorkerProcess(order)
    t.after(async () => {
      worker.kill()
      await worker.ended
    })
    return worker
  }
  const twoPosts = async (name: string) => {
    const profile = await readyProfile(ctx, team)
    const slides = { mediaType: 'slideshow' as const, mediaUrl: media.url('sample-slides.zip') }
    return [
      await accept(team, profile, { mediaUrl: media.url('sample.mp4'), webhookUrl: hooks.url(`/${name}/video`) }),
      await accept(team, profile, { ...slides, webhookUrl: hooks.url(`/${name}/slides`) }),
    ]
  }
  /** Posts of as many profiles that come due in one instant. */
  const batch = async (name: string, count: number) => {
    const profiles = await Promise.all(Array.from({ length: count }, () => readyProfile(ctx, team)))
    const executeAt = Date.now() + 2_000
    return Promise.all(
      profiles.map((profile, n) =>
        accept(team, profile, { mediaUrl: media.url('sample.mp4'), executeAt, webhookUrl: hooks.url(`/${name}/${n}`) }),
      ),
    )
  }
  const open = async () =>
    (await ctx.db.selectFrom('tasks').select('id').where('status', 'not in', ['done', 'failed']).execute()).length +
    (await ctx.db.selectFrom('deliveries').select('id').where('status', '=', 'pending').execute()).length
  const checkOutOnce = async (post: PostRow) => {
    const { status, failure } = await postNow(ctx, post)
    assert.equal(status, 'published', failure?.message)
    assert.equal((await onPlatform(ctx, post)).length, 1)
    const told = hooks.received.filter((hook) => post.webhook_url?.endsWith(hook.path))
    assert.ok(told.length >= 1, 'the webhook arrived')
    assert.equal(new Set(told.map((hook) => hook.headers['webhook-id'])).size, 1)
  }
  return { startWorker, twoPosts, batch, open, checkOutOnce }
}

suite('a worker killed at any moment: each post is out once, and told of', { concurrency: chains.length }, () => {
  for (const chain of chains) {
    test(chain.map(([point]) => point).join(', '), async (t) => {
      const { startWorker, twoPosts, open, checkOutOnce } = await scene(t)
      let worker = await startWorker()
      await worker.begin()
      // The next one is started while the present one works.
      let next = startWorker()
      for (const [point, count] of chain) {
        for (let occurrence = 1; occurrence <= count; occurrence += 1) {
          await t.test(`${point}, time ${occurrence}`, async () => {
            const heir = await next
            await worker.arm({ point, occurrence })
            const posts = await twoPosts(`${point}/${occurrence}`)
            assert.deepEqual(await worker.ended, { code: null, signal: 'SIGKILL' })
            worker = heir
            await heir.begin()
            next = startWorker()
            await until(async () => (await open()) === 0, { timeoutMs: 40_000, what: 'the end of all work' })
            for (const post of posts) await checkOutOnce(post)
          })
        }
      }
      await next
      worker.kill('SIGTERM')
      assert.deepEqual(await worker.ended, { code: 0, signal: null })
    })
  }
})

suite('a worker killed with a batch in flight: each post is settled by its own steps', { concurrency: 3 }, () => {
  const points: [FaultPoint, number][] = [
    ['prepare.began', 4],
    ['inspection.began', 4],
    ['prepare.fetched', 4],
    ['prepare.stored', 4],
    ['task.claimed', 4],
    ['step.began', 9],
    ['step.done', 9],
    ['step.stored', 9],
    ['task.settled', 4],
  ]
  for (const [point, occurrence] of points) {
    test(`${point}, time ${occurrence} of the batch`, async (t) => {
      const { startWorker, batch, open, checkOutOnce } = await scene(t)
      const worker = await startWorker()
      const heir = await startWorker()
      await worker.begin()
      await worker.arm({ point, occurrence })
      const posts = await batch(point, 6)
      assert.deepEqual(await worker.ended, { code: null, signal: 'SIGKILL' })
      await heir.begin()
      await until(async () => (await open()) === 0, { timeoutMs: 40_000, what: 'the end of all work' })
      for (const post of posts) await checkOutOnce(post)
    })
  }
})
