import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { createProfile } from '../../src/domain/profiles/create.ts'
import { deactivateProfile } from '../../src/domain/closing/deactivate.ts'
import { deactivateManager } from '../../src/people/managers.ts'
import { getProfile } from '../../src/domain/profiles/get.ts'
import type { ProfileRow } from '../../src/kernel/rows.ts'
import { updateTeam } from '../../src/domain/teams/update.ts'
import { lapseClaims } from '../../src/people/lapse.ts'
import { startMediaServer, type MediaServer } from '../support/media-server.ts'
import { postNow, prepared } from '../support/posts.ts'
import { carryOut, newUsername } from '../support/ready-profile.ts'
import { bodyOf, errorOf, fallSilent, itemOf, scene, testManager, type TestManager } from './support.ts'

const link = 'https://www.tiktok.com/@bakery/video/7300000000000000001'

suite('a post that a person publishes', () => {
  let server: Awaited<ReturnType<typeof scene>>
  let media: MediaServer
  let ana: TestManager
  let profile: ProfileRow
  before(async () => {
    media = await startMediaServer()
    server = await scene()
    ana = await testManager(server, server.team)
    await updateTeam(server.team.unit, { runs: 0, maintenanceMs: 0 })
    profile = await newProfile()
  })
  after(async () => {
    await server.stop()
    await media.stop()
  })

  async function newProfile(): Promise<ProfileRow> {
    const { row } = await createProfile(server.team.unit, {
      username: newUsername(),
      emailAuthMethod: 'google',
      platform: 'tiktok',
      driver: 'operator',
    })
    await carryOut(server.ctx, row)
    const setup = await server.ctx.db
      .selectFrom('work_items')
      .select('id')
      .where('profile_id', '=', row.id)
      .executeTakeFirstOrThrow()
    await ask(setup.id, 'start')
    await ask(setup.id, 'submit', { values: { phone_name: 'Rack 1' } })
    return getProfile(server.ctx.db, server.team.id, row.id)
  }
  const ask = (id: string, action: string, body?: object) => ana.request('POST', `/v1/work/${id}/${action}`, body)
  const handedOver = async (values: { isLive?: boolean; mediaType?: 'video' | 'slideshow' } = {}, on = profile) => {
    const mediaUrl = media.url(values.mediaType === 'slideshow' ? 'sample-slides.zip' : 'sample.mp4')
    const post = await prepared(server.ctx, server.team, on, { ...values, mediaUrl, description: 'Rye #bread @mill' })
    await carryOut(server.ctx, on)
    return { post, item: await itemOf(server.ctx, { taskId: post.id }), now: () => postNow(server.ctx, post) }
  }
  const webhooks = (taskId: string) =>
    server.ctx.db.selectFrom('deliveries').select('body').where('task_id', '=', taskId).execute()
  const events = async (taskId: string) =>
    (await server.ctx.db.selectFrom('events').selectAll().orderBy('seq').execute())
      .filter((event) => event.data['task_id'] === taskId)
      .map((event) => event.type)

  test('waits for the person with its media and caption, and is published by their link', async () => {
    const { post, item, now } = await handedOver()
    assert.equal((await now()).status, 'waiting_for_operator')
    const task = await server.ctx.db.selectFrom('tasks').selectAll().where('id', '=', post.id).executeTakeFirstOrThrow()
    assert.deepEqual(
      [task.status, task.claim, task.claimed_by, task.lease_until, task.resume_at],
      ['waiting', null, null, null, null],
    )
    assert.deepEqual(item.values, {
      title: 'Rye',
      description: 'Rye #bread @mill',
      sound_id: '7100000000000000000',
      sound_url: 'https://www.tiktok.com/music/original-sound-7100000000000000000',
      is_live: true,
      privacy_level: null,
      is_ai_generated: false,
      is_commercial: false,
    })
    assert.deepEqual(
      item.media.map((one) => one.kind),
      ['video'],
    )
    const video = await fetch(item.media[0]?.url ?? '')
    assert.equal(video.headers.get('content-type'), 'video/mp4')
    await video.body?.cancel()
    assert.equal(item.due_at.getTime(), task.run_at.getTime() + 3_600_000)

    await ask(item.id, 'claim')
    const missing = await ask(item.id, 'submit', {})
    assert.deepEqual(
      [missing.status, errorOf(missing).details],
      [422, [{ path: 'post_url', message: 'is required: the link of the post' }]],
    )
    for (const post_url of ['http://www.tiktok.com/x', 'a link', 'https://me:secret@tiktok.com/']) {
      assert.equal((await ask(item.id, 'submit', { post_url })).status, 422)
    }
    assert.equal((await now()).status, 'waiting_for_operator')
    assert.equal(bodyOf(await ask(item.id, 'submit', { post_url: link }))['status'], 'done')
    const published = await now()
    assert.deepEqual([published.status, published.post_url, published.published_at], ['published', link, server.clock.now()])
    assert.deepEqual(
      (await webhooks(post.id)).map((one) => JSON.parse(one.body) as unknown),
      [{ event: 'post.published', phone_id: profile.phone_id, post_url: link }],
    )
    assert.deepEqual(await events(post.id), ['post.scheduled', 'post.published'])
  })

  test('shows the slides in their order', async () => {
    const { item, now } = await handedOver({ mediaType: 'slideshow' })
    assert.ok(item.media.length > 1)
    assert.ok(item.media.every((one, index) => one.kind === 'slide' && one.url.endsWith(`/${index + 1}`)))
    await ask(item.id, 'submit')
    await ask(item.id, 'start')
    await ask(item.id, 'submit', { post_url: link })
    assert.equal((await now()).status, 'published')
  })

  test('a draft is saved, and goes live as work of its own', async () => {
    const { post, item, now } = await handedOver({ isLive: false })
    assert.match(item.instructions, /Save it as a draft and do not post it/)
    await ask(item.id, 'start')
    assert.equal((await ask(item.id, 'submit', { post_url: link })).status, 422)
    await ask(item.id, 'submit', {})
    assert.equal((await now()).status, 'draft_saved')
    assert.equal((await webhooks(post.id)).length, 0)
    assert.equal((await server.request('POST', `/v1/posts/${post.id}/publish`)).status, 200)
    await carryOut(server.ctx, profile)
    const live = await itemOf(server.ctx, { taskId: post.id })
    assert.notEqual(live.id, item.id)
    assert.match(live.instructions, /open the draft/)
    await ask(live.id, 'start')
    await ask(live.id, 'submit', { post_url: link })
    assert.deepEqual([(await now()).status, (await webhooks(post.id)).length], ['published', 1])
  })

  test('fails with the person’s own code and words, and can be tried again', async () => {
    const { post, item, now } = await handedOver()
    await ask(item.id, 'start')
    const why = { code: 'sound_missing', message: 'The app does not find the sound.' }
    await ask(item.id, 'fail', why)
    const failed = await now()
    assert.deepEqual([failed.status, failed.failure], ['failed', why])
    assert.equal((await server.request('POST', `/v1/posts/${post.id}/retry`)).status, 200)
  })

  test('try_again puts it into the queue once more', async () => {
    const { post, item, now } = await handedOver()
    await ask(item.id, 'claim')
    await ask(item.id, 'fail', { code: 'try_again', message: 'The app wants an update first.' })
    assert.equal((await now()).status, 'queued')
    server.clock.forward(60_000)
    await carryOut(server.ctx, profile)
    assert.equal((await now()).status, 'waiting_for_operator')
    const next = await itemOf(server.ctx, { taskId: post.id })
    assert.notEqual(next.id, item.id)
    await ask(next.id, 'start')
    await ask(next.id, 'submit', { post_url: link })
    assert.equal((await now()).status, 'published')
  })

  test('a holder who falls silent before the start leaves it in the queue, after it nobody knows', async () => {
    const { post, item, now } = await handedOver()
    await ask(item.id, 'claim')
    await fallSilent(server.ctx, item.id)
    await lapseClaims(server.ctx)
    assert.deepEqual(
      [(await now()).status, (await itemOf(server.ctx, { taskId: post.id })).status],
      ['waiting_for_operator', 'open'],
    )
    await ask(item.id, 'start')
    await fallSilent(server.ctx, item.id)
    await lapseClaims(server.ctx)
    const unknown = await now()
    assert.deepEqual([unknown.status, unknown.failure?.code], ['unconfirmed', 'outcome_unknown'])
    assert.equal((await itemOf(server.ctx, { taskId: post.id })).status, 'done')
    const late = await ask(item.id, 'submit', { post_url: link })
    assert.deepEqual([late.status, errorOf(late)['status']], [409, 'done'])
    // The profile goes on.
    const next = await handedOver()
    assert.equal((await next.now()).status, 'waiting_for_operator')
    await ask(next.item.id, 'start')
    await ask(next.item.id, 'fail', { code: 'no', message: 'No.' })
    const resolved = await server.request('POST', `/v1/posts/${post.id}/resolve`, { outcome: 'published', post_url: link })
    assert.equal(resolved.status, 200)
    assert.deepEqual([(await now()).status, (await webhooks(post.id)).length], ['published', 1])
  })

  test('begun, it becomes unconfirmed by whatever ends it without a word', async () => {
    const ends: ((id: string) => Promise<unknown>)[] = [
      (id) => ask(id, 'release'),
      (id) => ask(id, 'fail', { code: 'outcome_unknown', message: 'The app closed while it was uploading.' }),
    ]
    for (const end of ends) {
      const { item, now } = await handedOver()
      await ask(item.id, 'start')
      await end(item.id)
      assert.equal((await now()).status, 'unconfirmed')
    }
    const dan = await testManager(server, server.team)
    const { item, now } = await handedOver()
    await dan.request('POST', `/v1/work/${item.id}/start`)
    await deactivateManager(server.ctx, dan.name)
    assert.equal((await now()).status, 'unconfirmed')
  })

  test('another who comes after a silent start does not publish it again', async () => {
    const eve = await testManager(server, server.team)
    const { item, now } = await handedOver()
    await ask(item.id, 'start')
    await fallSilent(server.ctx, item.id)
    const answer = await eve.request('POST', `/v1/work/${item.id}/start`)
    assert.equal(answer.status, 409)
    await lapseClaims(server.ctx)
    assert.equal((await now()).status, 'unconfirmed')
  })

  test('can be called off until somebody has begun', async () => {
    const { post, item, now } = await handedOver()
    await ask(item.id, 'claim')
    assert.equal((await server.request('POST', `/v1/posts/${post.id}/cancel`)).status, 200)
    assert.deepEqual([(await now()).status, (await itemOf(server.ctx, { taskId: post.id })).status], ['canceled', 'canceled'])
    const late = await ask(item.id, 'start')
    assert.deepEqual([late.status, errorOf(late)['status']], [409, 'canceled'])
    const begun = await handedOver()
    await ask(begun.item.id, 'start')
    const refused = await server.request('POST', `/v1/posts/${begun.post.id}/cancel`)
    assert.deepEqual([refused.status, errorOf(refused)['status']], [409, 'waiting_for_operator'])
    await ask(begun.item.id, 'submit', { post_url: link })
    assert.equal((await begun.now()).status, 'published')
  })

  test('starting and calling off at once: one of them', async () => {
    for (let n = 0; n < 5; n += 1) {
      const { post, item, now } = await handedOver()
      const [started, canceled] = await Promise.all([
        ask(item.id, 'start'),
        server.request('POST', `/v1/posts/${post.id}/cancel`),
      ])
      assert.deepEqual([started.status, canceled.status].sort(), [200, 409])
      assert.equal((await now()).status, started.status === 200 ? 'waiting_for_operator' : 'canceled')
      if (started.status === 200) await ask(item.id, 'fail', { code: 'no', message: 'No.' })
    }
  })

  test('deactivating the profile calls it off, unless it has begun', async () => {
    const [first, second] = [await newProfile(), await newProfile()]
    const waiting = await handedOver({}, first)
    const begun = await handedOver({}, second)
    await ask(begun.item.id, 'start')
    await deactivateProfile(server.team.unit, first.id)
    await deactivateProfile(server.team.unit, second.id)
    assert.deepEqual([(await waiting.now()).status, (await begun.now()).status], ['canceled', 'waiting_for_operator'])
    assert.equal((await ask(waiting.item.id, 'claim')).status, 409)
    await ask(begun.item.id, 'submit', { post_url: link })
    assert.equal((await begun.now()).status, 'published')
  })
})
