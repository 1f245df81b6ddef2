import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { ProfileRow, PostRow } from '../../../src/kernel/rows.ts'
import { addFault } from '../../../src/drivers/sandbox/index.ts'
import type { SandboxFaultKind, SandboxCall } from '../../../src/db/sandbox-tables.ts'
import { drivePost } from '../../support/drive.ts'
import { startMediaServer, type MediaServer } from '../../support/media-server.ts'
import { accept, onPlatform, postNow, prepare, prepared } from '../../support/posts.ts'
import { carryOut, newUsername, readyProfile } from '../../support/ready-profile.ts'
import { addDriver } from '../../support/test-driver.ts'
import { itemOf, scene, testManager, type TestManager } from '../../people/support.ts'
import { containerPlatform, publishedMembers, shownIn, sourceOf, type Shown } from './support.ts'

const hour = 3_600_000
const link = 'https://www.tiktok.com/@bakery/video/7300000000000000001'

suite('what is published is what the post shows', () => {
  let server: Awaited<ReturnType<typeof scene>>
  let media: MediaServer
  let ana: TestManager
  const container = containerPlatform()
  const profiles = new Map<string, ProfileRow>()
  before(async () => {
    media = await startMediaServer()
    server = await scene({}, { driverTimeoutMs: 200 })
    container.now = () => server.clock.now()
    ana = await testManager(server, server.team)
    addDriver(server.ctx, container.driver)
    for (const driver of ['sandbox', 'test']) profiles.set(driver, await readyProfile(server.ctx, server.team, { driver }))
    profiles.set('operator', await operatorProfile())
  })
  after(async () => {
    await server.stop()
    await media.stop()
  })

  async function operatorProfile(): Promise<ProfileRow> {
    const made = await server.request('POST', '/v1/farm-profiles', {
      username: newUsername(),
      email_auth_method: 'google',
      driver: 'operator',
    })
    const id = (made.body as { profile_id: string }).profile_id
    const profile = await server.ctx.db.selectFrom('profiles').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    await carryOut(server.ctx, profile)
    const { id: work } = await server.ctx.db
      .selectFrom('work_items')
      .select('id')
      .where('profile_id', '=', id)
      .executeTakeFirstOrThrow()
    await ask(work, 'start')
    await ask(work, 'submit', { values: { phone_name: 'Rack 1' } })
    return profile
  }
  const ask = async (id: string, action: string, body?: object) => {
    const answer = await ana.request('POST', `/v1/work/${id}/${action}`, body)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
  }
  const profileOf = (driver: string): ProfileRow => {
    const profile = profiles.get(driver)
    assert.ok(profile)
    return profile
  }
  const now = (post: PostRow) => postNow(server.ctx, post)
  const show = async (post: PostRow): Promise<Shown> => shownIn(await server.request('GET', `/v1/posts/${post.id}`))
  const patch = (post: PostRow, changes: object) => server.request('PATCH', `/v1/posts/${post.id}`, changes)

  /** A change for each member that PATCH takes. */
  const changes: Record<string, () => Record<string, unknown>[]> = {
    media_url: () => [{ media_url: media.url('60s.mp4') }],
    media_type: () => [{ media_type: 'slideshow', media_url: media.url('sample-slides.zip') }],
    title: () => [{ title: 'Spelt' }],
    description: () => [{ description: 'Two days' }],
    sound_id: () => [{ sound_id: '7200000000000000000' }, { sound_id: null }],
    webhook_url: () => [{ webhook_url: 'https://other.example.com/croft' }, { webhook_url: null }],
    execute_at: () => [{ execute_at: server.clock.now().getTime() + 2 * hour }],
    is_live: () => [{ is_live: false }],
    privacy_level: () => [{ privacy_level: 'FOLLOWERS' }],
    is_ai_generated: () => [{ is_ai_generated: true }],
    is_commercial: () => [{ is_commercial: true }],
  }

  test('every member that PATCH takes has a case here', async () => {
    const { body } = await server.request('GET', '/openapi.json')
    const { paths } = body as {
      paths: Record<string, { patch: { requestBody: { content: Record<string, { schema: { properties: object } }> } } }>
    }
    const schema = paths['/v1/posts/{task_id}']?.patch.requestBody.content['application/json']?.schema
    assert.deepEqual(Object.keys(changes).sort(), Object.keys(schema?.properties ?? {}).sort())
  })

  const accepted = (driver: string) => accept(server.team, profileOf(driver), { mediaUrl: media.url('sample.mp4') })
  const queued = (driver: string, executeAt: number | null = null) =>
    prepared(server.ctx, server.team, profileOf(driver), { mediaUrl: media.url('sample.mp4'), executeAt })
  async function faulted(call: SandboxCall, fault: SandboxFaultKind): Promise<PostRow> {
    const { team_id: teamId, id: profileId } = profileOf('sandbox')
    const post = await queued('sandbox')
    await addFault(server.ctx, { teamId, profileId, call, fault, times: 1 })
    await carryOut(server.ctx, profileOf('sandbox'))
    return now(post)
  }
  async function retried(post: PostRow): Promise<PostRow> {
    assert.equal((await now(post)).status, 'failed')
    assert.equal((await server.request('POST', `/v1/posts/${post.id}/retry`)).status, 200)
    return now(post)
  }
  async function troubled(trouble: (typeof container.trouble)[number]): Promise<PostRow> {
    const post = await queued('test')
    container.trouble.push(trouble)
    await carryOut(server.ctx, profileOf('test'))
    return now(post)
  }
  async function givenBack(code: string): Promise<PostRow> {
    const post = await queued('operator')
    await carryOut(server.ctx, profileOf('operator'))
    const { id } = await itemOf(server.ctx, { taskId: post.id })
    await ask(id, 'start')
    await ask(id, 'fail', { code, message: 'Not now.' })
    return now(post)
  }

  const early = [
    { driver: 'sandbox', when: 'before its media is fetched', status: 'preparing', make: () => accepted('sandbox') },
    {
      driver: 'sandbox',
      when: 'before it is due',
      status: 'scheduled',
      make: () => queued('sandbox', server.clock.now().getTime() + hour),
    },
    ...['sandbox', 'operator', 'test'].map((driver) => ({
      driver,
      when: 'before it is claimed',
      status: 'queued',
      make: () => queued(driver),
    })),
  ]
  const boundaries: { driver: string; when: string; status: string; make: () => Promise<PostRow> }[] = [
    ...early,
    ...(
      [
        ['upload', 'hang'],
        ['upload', 'lose_answer'],
        ['publish', 'hang'],
        ['publish', 'refuse'],
      ] as const
    ).map(([call, fault]) => ({
      driver: 'sandbox',
      when: `after ${fault} at ${call}`,
      status: 'queued',
      make: () => faulted(call, fault),
    })),
    {
      driver: 'sandbox',
      when: 'after it failed and is tried again',
      status: 'preparing',
      make: async () => retried(await faulted('publish', 'refuse_for_good')),
    },
    { driver: 'test', when: 'after the upload, the driver broke off', status: 'queued', make: () => troubled('break_off') },
    { driver: 'test', when: 'after a publish that had no effect', status: 'queued', make: () => troubled('hang') },
    { driver: 'operator', when: 'after a person gave it back', status: 'queued', make: () => givenBack('try_again') },
    {
      driver: 'operator',
      when: 'after a person could not, and it is tried again',
      status: 'preparing',
      make: async () => retried(await givenBack('no_sound')),
    },
  ]

  /** Lets the post come to its end. @returns what the platform, or the person, was given in the end */
  async function published(driver: string, post: PostRow) {
    const { ctx } = server
    if ((await now(post)).status === 'preparing') await prepare(ctx, post)
    if (driver === 'sandbox') {
      await drivePost(ctx, server.clock, post)
      const rows = await onPlatform(ctx, post)
      assert.equal(rows.length, 1, 'once on the platform')
      const [row] = rows
      assert.ok(row)
      const { kind: media_type, title, description, sound_id } = row
      return { urls: row.media.urls, members: { media_type, title, description, sound_id, is_live: row.live_at !== null } }
    }
    if (driver === 'test') {
      await drivePost(ctx, server.clock, post)
      const [one, ...more] = container.of(post)
      assert.ok(one)
      assert.equal(more.length, 0, 'once on the platform')
      const { mediaType, title, description, soundId, isLive, privacyLevel, isAiGenerated, isCommercial, mediaUrls } = one.post
      const labels = { privacy_level: privacyLevel, is_ai_generated: isAiGenerated, is_commercial: isCommercial }
      return {
        urls: mediaUrls,
        members: { media_type: mediaType, title, description, sound_id: soundId, is_live: isLive, ...labels },
      }
    }
    const { run_at } = await ctx.db.selectFrom('tasks').select('run_at').where('id', '=', post.id).executeTakeFirstOrThrow()
    server.clock.to(run_at)
    await carryOut(ctx, profileOf('operator'))
    const item = await itemOf(ctx, { taskId: post.id })
    await ask(item.id, 'start')
    await ask(item.id, 'submit', item.values['is_live'] === true ? { post_url: link } : {})
    const { sound_url, ...values } = item.values
    const brief = { ...values, media_type: item.media[0]?.kind === 'video' ? 'video' : 'slideshow' }
    assert.ok(item.instructions.includes(typeof sound_url === 'string' ? sound_url : 'Use the original sound'))
    return { urls: item.media.map(({ url }) => url), members: brief }
  }

  for (const { driver, when, status, make } of boundaries)
    test(`${driver}: changed ${when}`, async () => {
      for (const [name, n] of Object.entries(changes).flatMap(([name, cases]) => cases().map((_, n) => [name, n] as const))) {
        const post = await make()
        const change = changes[name]?.()[n] ?? {}
        const said = JSON.stringify(change)
        assert.equal(post.status, status)
        const changed = shownIn(await patch(post, change))
        for (const [name, value] of Object.entries(change)) assert.deepEqual(changed[name as keyof Shown], value, said)
        const out = await published(driver, post)
        const shown = await show(post)
        assert.equal(shown.status, shown.is_live ? 'published' : 'draft_saved', said)
        const expected = publishedMembers(shown)
        assert.deepEqual({ ...expected, ...out.members }, expected, said)
        assert.equal(await sourceOf(server.ctx, out.urls), shown.media_url, said)
        for (const [name, value] of Object.entries(change)) assert.deepEqual(shown[name as keyof Shown], value, said)
        if (shown.is_live && shown.execute_at !== null) assert.ok(Date.parse(shown.published_at ?? '') >= shown.execute_at, said)
        const told = await server.ctx.db.selectFrom('deliveries').select('url').where('task_id', '=', post.id).execute()
        const expectedHooks = shown.is_live && shown.webhook_url !== null ? [shown.webhook_url] : []
        assert.deepEqual(
          told.map(({ url }) => url),
          expectedHooks,
          said,
        )
      }
    })

  test('a draft that is saved goes live as it is: its content can no longer be changed, its time and webhook can', async () => {
    for (const driver of ['sandbox', 'operator'] as const) {
      const profile = profileOf(driver)
      const post = await prepared(server.ctx, server.team, profile, { mediaUrl: media.url('sample.mp4'), isLive: false })
      await published(driver, post)
      assert.equal((await patch(post, { title: 'Spelt' })).status, 409)
      assert.equal((await server.request('POST', `/v1/posts/${post.id}/publish`)).status, 200)
      const before = await show(post)
      for (const [name, [change = {}] = []] of Object.entries(changes).map(([name, cases]) => [name, cases()] as const)) {
        const answer = await patch(post, change)
        assert.equal(answer.status, name === 'execute_at' || name === 'webhook_url' ? 200 : 409, name)
      }
      const out = driver === 'sandbox' ? await published(driver, post) : null
      const shown = await show(post)
      assert.deepEqual(publishedMembers(shown), publishedMembers(before))
      if (out) assert.deepEqual({ ...publishedMembers(shown), ...out.members }, publishedMembers(shown))
      if (out) assert.equal(await sourceOf(server.ctx, out.urls), shown.media_url)
      await server.request('POST', `/v1/posts/${post.id}/cancel`)
    }
  })

  test('a change and a claim in the same instant: the one or the other, and never the old upload', async () => {
    for (let n = 0; n < 12; n += 1) {
      const post = await faulted('publish', 'hang')
      const { run_at } = await server.ctx.db
        .selectFrom('tasks')
        .select('run_at')
        .where('id', '=', post.id)
        .executeTakeFirstOrThrow()
      server.clock.to(run_at)
      const [answer] = await Promise.all([
        patch(post, { media_url: media.url('60s.mp4'), title: 'Spelt' }),
        carryOut(server.ctx, profileOf('sandbox')),
      ])
      assert.ok(answer.status === 200 || answer.status === 409)
      const out = await published('sandbox', post)
      const shown = await show(post)
      assert.equal(shown.title, answer.status === 200 ? 'Spelt' : 'Rye')
      assert.deepEqual({ ...publishedMembers(shown), ...out.members }, publishedMembers(shown))
      assert.equal(await sourceOf(server.ctx, out.urls), shown.media_url)
    }
  })

  test('while it is being published, or a person has it, nothing can be changed', async () => {
    const post = await queued('operator')
    await carryOut(server.ctx, profileOf('operator'))
    assert.equal((await patch(post, { title: 'Spelt' })).status, 409)
    const { id } = await itemOf(server.ctx, { taskId: post.id })
    await ask(id, 'start')
    assert.equal((await patch(post, { title: 'Spelt' })).status, 409)
    await ask(id, 'submit', { post_url: link })
    assert.equal((await show(post)).title, 'Rye')
  })

  test('what an earlier run may have published is never published by a new one', async () => {
    const profile = profileOf('test')
    const post = await queued('test')
    container.trouble.push('hang_and_publish')
    addDriver(server.ctx, { ...container.driver, reconcile: () => Promise.resolve({ is: 'unknown' }) })
    await carryOut(server.ctx, profile)
    addDriver(server.ctx, container.driver)
    assert.equal((await show(post)).status, 'unconfirmed')
    assert.equal((await patch(post, { title: 'Spelt' })).status, 409)
    await carryOut(server.ctx, profile)
    assert.equal(container.of(post).length, 1)
  })

  test('content that was changed behind a publish under way is told, and not taken for what the post shows', async () => {
    const profile = profileOf('test')
    const post = await queued('test')
    addDriver(server.ctx, {
      ...container.driver,
      async publish(...given) {
        await server.ctx.db.updateTable('posts').set({ title: 'Spelt' }).where('id', '=', post.id).execute()
        return container.driver.publish(...given)
      },
    })
    await carryOut(server.ctx, profile)
    addDriver(server.ctx, container.driver)
    const { status, failure } = await now(post)
    assert.deepEqual([status, failure?.code], ['unconfirmed', 'content_changed'])
    assert.equal(container.of(post).length, 1)
  })

  test('a warning of the caption stays beside those of the media', async () => {
    const mediaUrl = media.url('landscape.mp4')
    const post = await prepared(server.ctx, server.team, profileOf('sandbox'), { mediaUrl, description: 'Rye #bread' })
    const { warnings } = await show(post)
    assert.equal(warnings[0]?.code, 'hashtags_stripped')
    assert.ok(warnings.length > 1)
    const changed = shownIn(await patch(post, { media_url: media.url('sample.mp4') }))
    assert.deepEqual(
      changed.warnings.map(({ code }) => code),
      ['hashtags_stripped'],
    )
    await server.request('POST', `/v1/posts/${post.id}/cancel`)
  })
})
