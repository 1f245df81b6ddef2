import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutcomeUnknown, type Step } from '../../../src/drivers/contract.ts'
import { forgetForMs } from '../../../src/drivers/sandbox/call.ts'
import { findByRef } from '../../../src/drivers/sandbox/platform/index.ts'
import { posts, publicUrl, testSandbox, uploads, type TestSandbox } from './sandbox.ts'
import { stepsInMemory } from './steps.ts'

test('a post goes live, with an address of its own', async (t) => {
  const { db, clock, driver, profile, post } = await testSandbox(t)
  const { step, ran } = stepsInMemory()
  const outcome = await driver.publish(profile, post, step)
  const [row, ...more] = await posts(db)
  assert.ok(row && more.length === 0)
  assert.match(row.id, /^\d{19}$/)
  assert.deepEqual(outcome, {
    done: { platformPostId: row.id, url: `${publicUrl}/sandbox/@vela.bakery/video/${row.id}`, at: clock.now() },
  })
  assert.deepEqual(ran, ['upload', 'publish'])
  assert.deepEqual(
    [row.ref, row.kind, row.title, row.description, row.sound_id, row.media.urls, row.media.width],
    [post.id, 'video', post.title, post.description, post.soundId, post.mediaUrls, 1080],
  )
})

test('on Instagram, and for a slideshow, the address has its own shape', async (t) => {
  const { driver, profile, post } = await testSandbox(t)
  const slideshow = { ...post, mediaType: 'slideshow' as const, mediaUrls: ['https://croft.test/1', 'https://croft.test/2'] }
  const outcome = await driver.publish({ ...profile, platform: 'instagram' }, slideshow, stepsInMemory().step)
  assert.ok('done' in outcome)
  assert.equal(outcome.done.url, `${publicUrl}/sandbox/instagram/@vela.bakery/video/${outcome.done.platformPostId}`)
})

test('a draft has no address; released, it is the same post', async (t) => {
  const { db, driver, profile, post } = await testSandbox(t)
  const saved = await driver.publish(profile, { ...post, isLive: false }, stepsInMemory().step)
  assert.ok('done' in saved && saved.done.url === null)
  const released = await driver.publish(profile, { ...post, draftId: saved.done.platformPostId }, stepsInMemory().step)
  assert.ok('done' in released)
  assert.equal(released.done.platformPostId, saved.done.platformPostId)
  assert.equal(released.done.url, `${publicUrl}/sandbox/@vela.bakery/video/${saved.done.platformPostId}`)
  assert.equal((await posts(db)).length, 1)
})

test('a stored step is not run again', async (t) => {
  const { db, driver, profile, post } = await testSandbox(t)
  const { step } = stepsInMemory()
  const first = await driver.publish(profile, post, step)
  assert.deepEqual(await driver.publish(profile, post, step), first)
  assert.deepEqual([(await posts(db)).length, (await uploads(db)).length], [1, 1])
})

for (const [fault, retryable] of [
  ['refuse', true],
  ['refuse_for_good', false],
] as const) {
  test(`publish, ${fault}: the platform's no is the step's value, and nothing is out`, async (t) => {
    const sandbox = await testSandbox(t)
    await sandbox.fault('publish', fault)
    const { step, recall } = stepsInMemory()
    const outcome = await sandbox.driver.publish(sandbox.profile, sandbox.post, step)
    assert.ok('failed' in outcome)
    assert.deepEqual(
      [outcome.failed.code, outcome.failed.retryable, outcome.failed.who],
      ['refused_by_platform', retryable, 'platform'],
    )
    assert.deepEqual(await recall('publish'), { refused: outcome.failed })
    assert.equal((await posts(sandbox.db)).length, 0)
  })
}

/** Has the upload done by the patient driver, so that the hasty one has only to publish. */
async function uploaded({ driver, profile, post, fault, db }: TestSandbox, step: Step): Promise<void> {
  await fault('publish', 'refuse')
  await driver.publish(profile, post, stepsInMemory().step)
  await step('upload', async () => (await uploads(db))[0]?.id ?? '')
}

for (const [fault, is] of [
  ['hang', 'not_published'],
  ['commit_then_hang', 'published'],
  ['lose_answer', 'published'],
] as const) {
  for (const isLive of [true, false]) {
    test(`publish, ${fault}, ${isLive ? 'live' : 'a draft'}: unknown, then ${is}`, async (t) => {
      const sandbox = await testSandbox(t)
      const { step, recall } = stepsInMemory()
      const post = { ...sandbox.post, isLive }
      await uploaded(sandbox, step)
      await sandbox.fault('publish', fault)
      await assert.rejects(sandbox.hasty.publish(sandbox.profile, post, step), OutcomeUnknown)
      await assert.rejects(sandbox.driver.publish(sandbox.profile, post, step), OutcomeUnknown)

      const [row] = await posts(sandbox.db)
      const found = await sandbox.driver.reconcile(sandbox.profile, post, recall)
      assert.equal(found.is, is)
      assert.equal(row !== undefined, found.is === 'published')
      if (!row || found.is !== 'published') return
      const url = isLive ? `${publicUrl}/sandbox/@vela.bakery/video/${row.id}` : null
      assert.deepEqual(found.done, { platformPostId: row.id, url, at: sandbox.clock.now() })
    })
  }

  test(`releasing a draft, ${fault}: unknown, then ${is}`, async (t) => {
    const sandbox = await testSandbox(t)
    const saved = await sandbox.driver.publish(sandbox.profile, { ...sandbox.post, isLive: false }, stepsInMemory().step)
    assert.ok('done' in saved)
    const post = { ...sandbox.post, draftId: saved.done.platformPostId }
    const { step, recall } = stepsInMemory()
    await sandbox.fault('publish', fault)
    await assert.rejects(sandbox.hasty.publish(sandbox.profile, post, step), OutcomeUnknown)
    const found = await sandbox.driver.reconcile(sandbox.profile, post, recall)
    assert.equal(found.is, is)
    assert.equal((await posts(sandbox.db))[0]?.live_at !== null, is === 'published')
  })
}

test('publish, forget: answered at once, found by reference only later; the upload knows at once', async (t) => {
  const { db, clock, driver, profile, post, fault, platform } = await testSandbox(t)
  const { step, recall } = stepsInMemory()
  await fault('publish', 'forget')
  const outcome = await driver.publish(profile, post, step)
  assert.ok('done' in outcome)
  assert.equal((await posts(db)).length, 1)
  assert.deepEqual(await findByRef(platform, post.id), [])
  assert.equal((await driver.reconcile(profile, post, recall)).is, 'published')
  clock.forward(forgetForMs)
  assert.deepEqual(
    (await findByRef(platform, post.id)).map((found) => found.id),
    [outcome.done.platformPostId],
  )
})

for (const fault of ['refuse', 'refuse_for_good'] as const) {
  test(`upload, ${fault}: failed, nothing stored that a later try would find`, async (t) => {
    const sandbox = await testSandbox(t)
    const { step } = stepsInMemory()
    await sandbox.fault('upload', fault)
    const outcome = await sandbox.driver.publish(sandbox.profile, sandbox.post, step)
    assert.ok('failed' in outcome)
    assert.equal(outcome.failed.retryable, fault === 'refuse')
    assert.ok('done' in (await sandbox.driver.publish(sandbox.profile, sandbox.post, step)))
  })
}

for (const [fault, kept] of [
  ['hang', 0],
  ['commit_then_hang', 1],
  ['lose_answer', 1],
] as const) {
  test(`upload, ${fault}: thrown; the next try uploads again and publishes once`, async (t) => {
    const sandbox = await testSandbox(t)
    const { step, recall } = stepsInMemory()
    await sandbox.fault('upload', fault)
    await assert.rejects(sandbox.hasty.publish(sandbox.profile, sandbox.post, step), /sandbox/)
    assert.equal((await uploads(sandbox.db)).length, kept)
    assert.deepEqual(await sandbox.driver.reconcile(sandbox.profile, sandbox.post, recall), { is: 'not_published' })
    assert.ok('done' in (await sandbox.driver.publish(sandbox.profile, sandbox.post, step)))
    assert.equal((await posts(sandbox.db)).length, 1)
  })
}

test('what the platform has lost is unknown', async (t) => {
  const { driver, profile, post } = await testSandbox(t)
  const { step, recall } = stepsInMemory()
  await step('upload', () => Promise.resolve('7000000000000000000'))
  assert.deepEqual(await driver.reconcile(profile, post, recall), { is: 'unknown' })
  assert.deepEqual(await driver.reconcile(profile, { ...post, draftId: '7000000000000000000' }, recall), { is: 'unknown' })
  const outcome = await driver.publish(profile, { ...post, draftId: '7000000000000000000' }, stepsInMemory().step)
  assert.ok('failed' in outcome)
  assert.equal(outcome.failed.code, 'draft_not_found')
})
