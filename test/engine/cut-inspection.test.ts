import assert from 'node:assert/strict'
import { test } from 'node:test'
import { retryPost } from '../../src/domain/posts/retry.ts'
import { testCroft } from '../support/croft.ts'
import type { WorkerOrder } from '../support/killed-croft.ts'
import { startMediaServer } from '../support/media-server.ts'
import { accept, postNow } from '../support/posts.ts'
import { readyProfile } from '../support/ready-profile.ts'
import { until } from '../support/wait.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

test('media that ended its worker twice is not inspected a third time: its post fails with the reason, and others go on', async (t) => {
  const server = await testCroft({ work: false })
  const media = await startMediaServer()
  t.after(async () => {
    await server.stop()
    await media.stop()
  })
  const { ctx, team, database, dataDir } = server
  const order: WorkerOrder = {
    connection: database.connection,
    dataDir,
    leaseMs: 1_500,
    choresEveryMs: 300,
    driverTimeoutMs: 900,
  }
  const start = async () => {
    const worker = await startWorkerProcess(order)
    t.after(async () => {
      worker.kill()
      await worker.ended
    })
    return worker
  }
  const workers = await Promise.all([start(), start(), start()])
  const profile = await readyProfile(ctx, team)
  const post = await accept(team, profile, { mediaUrl: media.url('sample.mp4') })
  for (const worker of workers.slice(0, 2)) {
    await worker.arm({ point: 'inspection.began', occurrence: 1 })
    await worker.begin()
    assert.deepEqual(await worker.ended, { code: null, signal: 'SIGKILL' })
  }
  assert.equal((await postNow(ctx, post)).inspections_cut, 2)
  const [, , last] = workers
  await last.begin()
  const failed = await until(
    async () => {
      const now = await postNow(ctx, post)
      return now.status === 'failed' && now
    },
    { timeoutMs: 40_000, what: 'the end of the post' },
  )
  assert.equal(failed.failure?.code, 'media_ended_worker')
  assert.match(failed.failure.message, /ended 2 times/)
  const other = await accept(team, await readyProfile(ctx, team), { mediaUrl: media.url('sample.mp4') })
  await retryPost(team.unit, post.id)
  for (const one of [other, post]) {
    await until(async () => (await postNow(ctx, one)).status === 'published', { timeoutMs: 40_000, what: 'the post' })
    assert.equal((await postNow(ctx, one)).inspections_cut, 0)
  }
})
