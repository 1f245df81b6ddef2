import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { newId } from '../../src/lib/ids.ts'
import { createProfile } from '../../src/domain/profiles/create.ts'
import { deactivateProfile } from '../../src/domain/closing/deactivate.ts'
import { getProfile } from '../../src/domain/profiles/get.ts'
import { updateProfile } from '../../src/domain/profiles/update.ts'
import { updateTeam } from '../../src/domain/teams/update.ts'
import type { ProfileRow, TaskRow } from '../../src/kernel/rows.ts'
import { startMediaServer } from '../support/media-server.ts'
import { postNow, prepared } from '../support/posts.ts'
import { carryOut, newUsername } from '../support/ready-profile.ts'
import { bodyOf, errorOf, itemOf, scene, testManager, type TestManager } from './support.ts'

const dayMs = 86_400_000

suite('a profile whose work a person does', () => {
  let server: Awaited<ReturnType<typeof scene>>
  let ana: TestManager
  before(async () => {
    server = await scene()
    ana = await testManager(server, server.team)
  })
  after(() => server.stop())

  const newProfile = async (bio: string | null = 'Bread') =>
    (
      await createProfile(server.team.unit, {
        username: newUsername(),
        emailAuthMethod: 'google',
        platform: 'tiktok',
        driver: 'operator',
        bio,
      })
    ).row
  const now = (profile: ProfileRow) => getProfile(server.ctx.db, server.team.id, profile.id)
  const taskOf = (profile: ProfileRow, kind: TaskRow['kind']) =>
    server.ctx.db
      .selectFrom('tasks')
      .selectAll()
      .where('profile_id', '=', profile.id)
      .where('kind', '=', kind)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow()
  const opened = async (profile: ProfileRow, kind: TaskRow['kind']) => {
    await carryOut(server.ctx, profile)
    return itemOf(server.ctx, { taskId: (await taskOf(profile, kind)).id })
  }
  const doIt = async (id: string, body: object) => {
    assert.equal((await ana.request('POST', `/v1/work/${id}/start`)).status, 200)
    const answer = await ana.request('POST', `/v1/work/${id}/submit`, body)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return bodyOf(answer)
  }

  test('is set up, warmed up and edited through the queue, holding no worker', async () => {
    await updateTeam(server.team.unit, { runs: 1, spanMs: 0, maintenanceMs: 0 })
    const profile = await newProfile()
    const setup = await opened(profile, 'setup')
    const waiting = await taskOf(profile, 'setup')
    assert.deepEqual([waiting.status, waiting.claim, waiting.lease_until, waiting.resume_at], ['waiting', null, null, null])
    const seen = await ana.request('GET', `/v1/work/${setup.id}`)
    assert.deepEqual(bodyOf(seen), {
      work_id: setup.id,
      kind: 'setup',
      status: 'open',
      team_name: 'test',
      bundle_id: null,
      position: null,
      profile_id: profile.id,
      edit_request_id: null,
      task_id: waiting.id,
      phone: null,
      due_at: new Date(waiting.run_at.getTime() + dayMs).toISOString(),
      claimed_until: null,
      instructions: setup.instructions,
      values: { username: profile.username, bio: 'Bread' },
      media: [],
      feedback: null,
      created_at: setup.created_at.toISOString(),
      updated_at: setup.updated_at.toISOString(),
    })
    assert.match(setup.instructions, /^1\. /)
    assert.equal((await doIt(setup.id, { values: { phone_name: 'Rack 2, phone 7' } }))['status'], 'done')
    assert.equal((await now(profile)).status, 'cold')

    const warmup = await opened(profile, 'warmup')
    assert.equal((await now(profile)).status, 'cold')
    const phone = ((await ana.request('GET', `/v1/work/${warmup.id}`)).body as { phone: { phone_id: string; name: string } })
      .phone
    assert.deepEqual(phone, { phone_id: (await now(profile)).phone_id, name: 'Rack 2, phone 7' })
    assert.match(warmup.instructions, /^1\. Take the phone Rack 2, phone 7 and open TikTok/)
    assert.match(warmup.instructions, /about 15 minutes/)
    assert.match(warmup.instructions, /nothing is counted/)
    assert.doesNotMatch(warmup.instructions, /follow|comment|watch/i)
    await doIt(warmup.id, { note: 'All well.' })
    assert.equal((await now(profile)).status, 'ready')
    assert.equal((await now(profile)).runs_completed, 1)

    await updateProfile(server.team.unit, profile.id, { bio: '' })
    const edit = await opened(profile, 'profile_edit')
    assert.deepEqual(edit.values, { bio: null })
    await doIt(edit.id, { values: { bio: null } })
    const task = await taskOf(profile, 'profile_edit')
    assert.equal(task.status, 'done')
    assert.deepEqual(task.result, { by: 'operator', values: { bio: null }, note: null })
  })

  test('what people do stands in the profile’s timeline and in the audit', async () => {
    const profile = await newProfile()
    const setup = await opened(profile, 'setup')
    await doIt(setup.id, { values: { phone_name: 'Rack 1' } })
    const lines = await server.ctx.db
      .selectFrom('timeline')
      .selectAll()
      .where('profile_id', '=', profile.id)
      .orderBy('id')
      .execute()
    assert.deepEqual(
      lines.filter((line) => line.kind === 'task').map((line) => line.to_status),
      ['running', 'waiting', 'waiting', 'done'],
    )
    const trail = await server.ctx.db
      .selectFrom('audit')
      .selectAll()
      .where('subject', '=', `work:${setup.id}`)
      .orderBy('id')
      .execute()
    assert.deepEqual(
      trail.map((line) => [line.action, line.actor]),
      ['work.claim', 'work.start', 'work.submit'].map((action) => [action, `manager:${ana.id}`]),
    )
  })

  test('two profiles can live on one phone, which the team sees', async () => {
    await updateTeam(server.team.unit, { runs: 0, maintenanceMs: 0 })
    const [first, second] = [await newProfile(), await newProfile()]
    for (const profile of [first, second]) await doIt((await opened(profile, 'setup')).id, { values: { phone_name: 'Shared' } })
    const [one, two] = [await now(first), await now(second)]
    assert.equal(one.status, 'ready')
    assert.equal(one.phone_id, two.phone_id)
    const shown = (await server.request('GET', `/v1/phones/${one.phone_id ?? ''}`)).body as {
      name: string
      driver: string
      profiles: { profile_id: string }[]
    }
    assert.equal(shown.name, 'Shared')
    assert.equal(shown.driver, 'operator')
    assert.deepEqual(shown.profiles.map((profile) => profile.profile_id).sort(), [first.id, second.id].sort())
  })

  test('set-up that a person cannot do fails the profile; try_again puts it into the queue once more', async () => {
    const profile = await newProfile()
    const first = await opened(profile, 'setup')
    await ana.request('POST', `/v1/work/${first.id}/claim`)
    const again = { code: 'try_again', message: 'The owner is away.' }
    assert.equal((await ana.request('POST', `/v1/work/${first.id}/fail`, again)).status, 200)
    assert.equal((await now(profile)).status, 'retrying')
    server.clock.to((await taskOf(profile, 'setup')).run_at)
    const second = await opened(profile, 'setup')
    assert.notEqual(second.id, first.id)
    assert.equal((await now(profile)).status, 'configuring')
    await ana.request('POST', `/v1/work/${second.id}/claim`)
    const given = { code: 'owner_withdrew', message: 'The owner does not want it.' }
    assert.equal((await ana.request('POST', `/v1/work/${second.id}/fail`, given)).status, 200)
    const failed = await now(profile)
    assert.equal(failed.status, 'failed')
    assert.deepEqual(failed.failure, given)
  })

  test('the team’s note on topics is shown with a warm-up, as a note', async () => {
    await updateTeam(server.team.unit, { runs: 1, spanMs: 0, maintenanceMs: 0 })
    const profile = await newProfile()
    await doIt((await opened(profile, 'setup')).id, { values: { phone_name: 'Rack 1' } })
    const at = { created_at: profile.created_at, updated_at: profile.created_at }
    const bundle = { team_id: profile.team_id, id: newId() }
    await server.ctx.db
      .insertInto('bundles')
      .values({
        ...bundle,
        ...at,
        profile_id: profile.id,
        bundle_type: 'account_only',
        platform: 'tiktok',
        country: 'US',
        owner: 'Vela Bakery',
        videos_quantity: 0,
        niche_warming: true,
        auto_finalize_videos: true,
        status: 'completed',
        credits_charged: 32,
      })
      .execute()
    const note = 'Engage with fashion and streetwear content in NYC area.'
    await server.ctx.db
      .insertInto('bundle_accounts')
      .values({
        team_id: bundle.team_id,
        bundle_id: bundle.id,
        status: 'finalized',
        niche_warming_instructions: note,
        updated_at: at.updated_at,
      })
      .execute()
    const run = await opened(profile, 'warmup')
    assert.ok(run.instructions.includes(`The topics of the account, as the team notes them: ${note}`))
  })

  const setUp = async (policy: { runs?: number; spanMs?: number; intervalMs?: number; maintenanceMs?: number }) => {
    await updateTeam(server.team.unit, policy)
    const profile = await newProfile()
    await doIt((await opened(profile, 'setup')).id, { values: { phone_name: 'Rack 1' } })
    return profile
  }
  const standing = async (profile: ProfileRow) => {
    const [{ status, runs_completed, first_run_at }, task] = [await now(profile), await taskOf(profile, 'warmup')]
    return { status, runs_completed, first_run_at, task: task.status, started_at: task.started_at }
  }
  const earliest = async (profile: ProfileRow) =>
    ((await server.request('GET', `/v1/farm-profiles/${profile.id}`)).body as { warmup: { ready_at_earliest: string } }).warmup
      .ready_at_earliest

  test('a run begins when a person starts it: until then the profile is cold, and nothing counts', async () => {
    const profile = await setUp({ runs: 2, spanMs: dayMs, intervalMs: dayMs, maintenanceMs: 0 })
    const first = await opened(profile, 'warmup')
    server.clock.forward(3 * dayMs)
    await ana.request('POST', `/v1/work/${first.id}/claim`)
    const unstarted = { status: 'cold', runs_completed: 0, first_run_at: null, task: 'pending', started_at: null }
    assert.deepEqual(await standing(profile), unstarted)
    // A session now, the pause, and another session of 15 minutes.
    assert.equal(await earliest(profile), new Date(server.clock.now().getTime() + dayMs + 2 * 900_000).toISOString())
    await ana.request('POST', `/v1/work/${first.id}/start`)
    const startedAt = server.clock.now()
    const begun = { status: 'warming', runs_completed: 0, first_run_at: startedAt, task: 'waiting', started_at: startedAt }
    assert.deepEqual(await standing(profile), begun)
    server.clock.forward(60_000)
    await ana.request('POST', `/v1/work/${first.id}/submit`, {})
    assert.deepEqual([(await now(profile)).status, (await now(profile)).runs_completed], ['warm', 1])

    // The second waits for so long that the span is over when it begins; that it is queued changes nothing either.
    server.clock.forward(2 * dayMs)
    const second = await opened(profile, 'warmup')
    assert.equal((await now(profile)).status, 'warm')
    await doIt(second.id, {})
    const ready = await now(profile)
    assert.deepEqual([ready.status, ready.first_run_at], ['ready', startedAt])
    const account = await server.request('GET', `/v1/accounts/${profile.id}`)
    assert.equal(bodyOf(account)['warmupStartDate'], startedAt.toISOString())
  })

  test('a run whose holder falls silent counts for nothing, and the next start is the first', async () => {
    const profile = await setUp({ runs: 2, spanMs: dayMs, maintenanceMs: 0 })
    const run = await opened(profile, 'warmup')
    await ana.request('POST', `/v1/work/${run.id}/start`)
    await ana.request('POST', `/v1/work/${run.id}/release`)
    assert.equal((await itemOf(server.ctx, { taskId: run.task_id ?? '' })).status, 'open')
    const over = { status: 'warm', runs_completed: 0, first_run_at: null, task: 'pending', started_at: null }
    assert.deepEqual(await standing(profile), over)
    const told = await server.ctx.db.selectFrom('events').selectAll().where('type', '=', 'warmup.failed').execute()
    assert.equal(told.filter((event) => event.data['task_id'] === run.task_id).length, 1)
    server.clock.forward(dayMs)
    await ana.request('POST', `/v1/work/${run.id}/start`)
    assert.deepEqual((await now(profile)).first_run_at, server.clock.now())
  })

  test('a run that is failed before it began ends it, and the next is planned', async () => {
    const profile = await setUp({ runs: 2, spanMs: dayMs, maintenanceMs: 0 })
    const run = await opened(profile, 'warmup')
    await ana.request('POST', `/v1/work/${run.id}/claim`)
    const no = { code: 'phone_broken', message: 'It does not switch on.' }
    assert.equal((await ana.request('POST', `/v1/work/${run.id}/fail`, no)).status, 200)
    const planned = { status: 'cold', runs_completed: 0, first_run_at: null, task: 'queued', started_at: null }
    assert.deepEqual(await standing(profile), planned)
  })

  test('a maintenance run leaves the profile ready, and its posts go out, until somebody starts it', async (t) => {
    const media = await startMediaServer()
    t.after(() => media.stop())
    const profile = await setUp({ runs: 0, maintenanceMs: dayMs })
    server.clock.forward(dayMs)
    const run = await opened(profile, 'warmup')
    assert.deepEqual([(await now(profile)).status, (await taskOf(profile, 'warmup')).status], ['ready', 'pending'])
    const post = await prepared(server.ctx, server.team, profile, { mediaUrl: media.url('sample.mp4') })
    await carryOut(server.ctx, profile)
    const publish = await itemOf(server.ctx, { taskId: post.id })
    assert.equal((await postNow(server.ctx, post)).status, 'waiting_for_operator')

    // One at a time: the post is under way, so the session cannot begin.
    const early = await ana.request('POST', `/v1/work/${run.id}/start`)
    assert.deepEqual([early.status, errorOf(early).code, errorOf(early)['status']], [409, 'invalid_state', 'ready'])
    assert.match(errorOf(early).message, /one at a time/)
    assert.equal((await itemOf(server.ctx, { taskId: run.task_id ?? '' })).status, 'open')
    await doIt(publish.id, { post_url: 'https://www.tiktok.com/@x/video/1' })
    assert.equal((await postNow(server.ctx, post)).status, 'published')

    await ana.request('POST', `/v1/work/${run.id}/start`)
    assert.equal((await now(profile)).status, 'warming')
    const refused = await server.request('POST', '/v1/posts', {
      profile_id: profile.id,
      media_type: 'video',
      media_url: 'https://example.com/v.mp4',
      sound_id: '7',
      title: 'Rye',
      webhook_url: 'https://example.com/hook',
    })
    assert.deepEqual([refused.status, errorOf(refused).code], [409, 'profile_not_ready'])
    await ana.request('POST', `/v1/work/${run.id}/submit`, {})
    assert.deepEqual([(await now(profile)).status, (await now(profile)).runs_completed], ['ready', 1])
  })

  test('of a start and a post that comes due at once one is under way', async (t) => {
    const media = await startMediaServer()
    t.after(() => media.stop())
    const profile = await setUp({ runs: 0, maintenanceMs: dayMs })
    for (let round = 0; round < 4; round += 1) {
      server.clock.forward(dayMs)
      const run = await opened(profile, 'warmup')
      const post = await prepared(server.ctx, server.team, profile, { mediaUrl: media.url('sample.mp4') })
      const [start] = await Promise.all([ana.request('POST', `/v1/work/${run.id}/start`), carryOut(server.ctx, profile)])
      const [{ status }, { status: posted }] = [await now(profile), await postNow(server.ctx, post)]
      assert.deepEqual(
        [start.status, status, posted],
        start.status === 200 ? [200, 'warming', 'queued'] : [409, 'ready', 'waiting_for_operator'],
      )
      if (start.status === 200) await ana.request('POST', `/v1/work/${run.id}/submit`, {})
      await carryOut(server.ctx, profile)
      await doIt((await itemOf(server.ctx, { taskId: post.id })).id, { post_url: 'https://www.tiktok.com/@x/video/1' })
      if (start.status !== 200) await doIt(run.id, {})
    }
  })

  test('a run that the policy no longer asks for is taken out of the queue', async () => {
    const profile = await setUp({ runs: 0, maintenanceMs: dayMs })
    server.clock.forward(dayMs)
    const run = await opened(profile, 'warmup')
    await updateTeam(server.team.unit, { maintenanceMs: 0 })
    assert.equal((await itemOf(server.ctx, { taskId: run.task_id ?? '' })).status, 'canceled')
    await carryOut(server.ctx, profile)
    assert.deepEqual([(await now(profile)).status, (await taskOf(profile, 'warmup')).status], ['ready', 'canceled'])
  })

  test('deactivating a profile calls off the run that nobody has started', async () => {
    const profile = await setUp({ runs: 2, spanMs: 0, maintenanceMs: 0 })
    const run = await opened(profile, 'warmup')
    await deactivateProfile(server.team.unit, profile.id)
    assert.equal((await itemOf(server.ctx, { taskId: run.task_id ?? '' })).status, 'canceled')
    assert.equal((await taskOf(profile, 'warmup')).status, 'canceled')
  })

  test('a warm-up that a person cannot do counts for nothing', async () => {
    await updateTeam(server.team.unit, { runs: 1, spanMs: 0, maintenanceMs: 0 })
    const profile = await newProfile()
    await doIt((await opened(profile, 'setup')).id, { values: { phone_name: 'Rack 1' } })
    const run = await opened(profile, 'warmup')
    await ana.request('POST', `/v1/work/${run.id}/start`)
    await ana.request('POST', `/v1/work/${run.id}/fail`, { code: 'phone_broken', message: 'It does not switch on.' })
    const after = await now(profile)
    assert.deepEqual([after.status, after.runs_completed, after.first_run_at], ['warm', 0, null])
  })

  test('an edit that a person cannot do is told', async () => {
    await updateTeam(server.team.unit, { runs: 0, maintenanceMs: 0 })
    const profile = await newProfile()
    await doIt((await opened(profile, 'setup')).id, { values: { phone_name: 'Rack 1' } })
    await updateProfile(server.team.unit, profile.id, { bio: 'Rye' })
    const edit = await opened(profile, 'profile_edit')
    await ana.request('POST', `/v1/work/${edit.id}/claim`)
    await ana.request('POST', `/v1/work/${edit.id}/fail`, { code: 'bio_refused', message: 'The app refuses this bio.' })
    assert.equal((await taskOf(profile, 'profile_edit')).failure?.code, 'bio_refused')
    const told = await server.ctx.db.selectFrom('events').selectAll().where('type', '=', 'profile.edit_failed').execute()
    assert.equal(told.filter((event) => event.data['profile_id'] === profile.id).length, 1)
  })

  test('deactivating it calls its work off, and a submission after that changes nothing', async () => {
    const profile = await newProfile()
    const setup = await opened(profile, 'setup')
    await ana.request('POST', `/v1/work/${setup.id}/start`)
    await deactivateProfile(server.team.unit, profile.id)
    assert.equal((await itemOf(server.ctx, { taskId: setup.task_id ?? '' })).status, 'canceled')
    const late = await ana.request('POST', `/v1/work/${setup.id}/submit`, {})
    assert.equal(late.status, 409)
    assert.equal(errorOf(late)['status'], 'canceled')
    assert.equal((await now(profile)).status, 'deactivated')
  })

  test('a submission names what this work has not', async () => {
    const profile = await newProfile()
    const setup = await opened(profile, 'setup')
    await ana.request('POST', `/v1/work/${setup.id}/claim`)
    const submit = (body: object) => ana.request('POST', `/v1/work/${setup.id}/submit`, body)
    for (const [body, path] of [
      [{}, 'values.phone_name'],
      [{ values: { phone_name: 'Rack 1', usrname: 'x' } }, 'values.usrname'],
      [{ values: { phone_name: 'Rack 1', username: 'someone.else' } }, 'values.username'],
      [{ values: { phone_name: 'Rack 1', bio: 'x'.repeat(81) } }, 'values.bio'],
      [{ values: { phone_name: 7 } }, 'values.phone_name'],
      [{ post_url: 'https://www.tiktok.com/@x/video/1' }, 'post_url'],
      [{ screenshot_media_id: profile.id }, 'screenshot_media_id'],
      [{ notes: 'x' }, 'notes'],
    ] as const) {
      const answer = await submit(body)
      assert.equal(answer.status, 422)
      assert.deepEqual(
        errorOf(answer).details?.map((detail) => detail.path),
        [path],
      )
    }
    assert.equal((await itemOf(server.ctx, { taskId: setup.task_id ?? '' })).status, 'claimed')
  })

  test('an account enters as it is: what was not asked for is left, and stored as it is reported', async () => {
    const made = await server.request('POST', '/v1/farm-profiles', {
      username: newUsername(),
      email_auth_method: 'google',
      driver: 'operator',
      warmup: { runs: 0, maintenance: '0s' },
      labels: ['bakeries'],
    })
    assert.equal(made.status, 201, JSON.stringify(made.body))
    const { profile_id: id, labels, warmup } = bodyOf(made) as { profile_id: string; labels: string[]; warmup: object }
    assert.deepEqual([labels, (warmup as { runs_required: number }).runs_required], [['bakeries'], 0])
    const profile = await getProfile(server.ctx.db, server.team.id, id)
    const setup = await opened(profile, 'setup')
    assert.deepEqual([setup.values, setup.media], [{ username: profile.username }, []])
    assert.match(setup.instructions, /Leave everything else of the profile as it is, and report/)
    await doIt(setup.id, { values: { phone_name: 'Rack 1', display_name: 'Vela Bakery', bio: 'Since 1921' } })
    const ready = await now(profile)
    assert.deepEqual(
      [ready.status, ready.display_name, ready.bio, ready.name_changed_at],
      ['ready', 'Vela Bakery', 'Since 1921', null],
    )
    await updateTeam(server.team.unit, { runs: 7 })
    assert.equal((await now(profile)).status, 'ready')
  })

  test('what is asked for at creation is in the brief, and an edit that waits is not undone by what was found', async () => {
    const made = await server.request('POST', '/v1/farm-profiles', {
      username: newUsername(),
      email_auth_method: 'google',
      driver: 'operator',
      display_name: 'Vela',
    })
    const profile = await getProfile(server.ctx.db, server.team.id, bodyOf(made)['profile_id'] as string)
    const setup = await opened(profile, 'setup')
    assert.deepEqual(setup.values, { username: profile.username, display_name: 'Vela' })
    await updateProfile(server.team.unit, profile.id, { bio: 'New' })
    await doIt(setup.id, { values: { phone_name: 'Rack 1', bio: 'Old' } })
    const after = await now(profile)
    assert.deepEqual([after.display_name, after.bio], ['Vela', 'New'])
    const wrong = { username: newUsername(), email_auth_method: 'google', display_name: ' ', warmup: { runs: -1 } }
    assert.equal((await server.request('POST', '/v1/farm-profiles', wrong)).status, 422)
  })
})
