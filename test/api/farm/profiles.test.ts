import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { getProfile } from '../../../src/domain/profiles/get.ts'
import { moveProfile } from '../../../src/domain/profiles/move.ts'
import { api, named, ok, refused, type Api } from '../support/client.ts'
import { startMediaServer } from '../../support/media-server.ts'
import { carryOut, newUsername, readyProfile } from '../../support/ready-profile.ts'
import sharp from 'sharp'

const create = async (one: Api, body: object) => ok(await one.ask('POST', '/v1/farm-profiles', body), 201)
const base = () => ({ username: newUsername(), email_auth_method: 'google' })

suite('seed page 1', () => {
  test('a profile has the page’s members, and driver and warmup beyond them', async (t) => {
    const one = await api(t)
    const username = newUsername()
    const made = await create(one, { username, email_auth_method: 'outlook' })
    const { profile_id, created_at, ...rest } = made
    assert.match(String(profile_id), /^[0-9a-f-]{36}$/)
    assert.equal(new Date(String(created_at)).toISOString(), created_at)
    assert.deepEqual(rest, {
      profile_name: username,
      tiktok_username: username,
      phone_id: null,
      status: 'configuring',
      platforms: ['tiktok', 'outlook'],
      bio: null,
      profile_picture_url: null,
      accounts: [],
      driver: 'sandbox',
      labels: [],
      warmup: { runs_completed: 0, runs_required: 7, first_run_at: null, ready_at_earliest: null },
    })
    const named2 = await create(one, { ...base(), account_name: 'Croft Bakery', platform: 'instagram' })
    assert.deepEqual([named2['profile_name'], named2['platforms']], ['Croft Bakery', ['instagram', 'google']])
  })

  test('what is given at creation shows once the profile is set up', async (t) => {
    const one = await api(t)
    const made = await create(one, { ...base(), bio: 'Bread.', account_name: null, profile_picture_url: null })
    assert.equal(made['bio'], null)
    const { ctx, team } = one.croft
    const row = await getProfile(ctx.db, team.id, String(made['profile_id']))
    await carryOut(ctx, row)
    const now = ok(await one.ask('GET', `/v1/farm-profiles/${row.id}`))
    // Its first run begins at once.
    assert.deepEqual([now['status'], now['bio']], ['warming', 'Bread.'])
    assert.deepEqual(now['accounts'], [
      { platform: 'tiktok', username: row.username },
      { platform: 'google', username: null },
    ])
    assert.match(String(now['phone_id']), /^[0-9a-f-]{36}$/)
  })

  test('PATCH leaves what is omitted or null, and clears an empty bio', async (t) => {
    const one = await api(t)
    const { id } = await readyProfile(one.croft.ctx, one.croft.team)
    const path = `/v1/farm-profiles/${id}`
    assert.equal(ok(await one.ask('PATCH', path, { bio: 'Rye' }))['bio'], 'Rye')
    refused(await one.ask('PATCH', path, {}), 400, 'nothing_to_update')
    refused(await one.ask('PATCH', path, { bio: null, profile_picture_url: null }), 400, 'nothing_to_update')
    assert.equal(ok(await one.ask('GET', path))['bio'], 'Rye')
    assert.ok(['', null].includes(ok(await one.ask('PATCH', path, { bio: '' }))['bio'] as string | null))
    assert.deepEqual(named(await one.ask('PATCH', path, { bio: '🥖'.repeat(81) })), ['bio'])
    assert.equal(ok(await one.ask('PATCH', path, { bio: '🥖'.repeat(80) }))['bio'], '🥖'.repeat(80))
  })

  test('PATCH hosts the picture, or says why it cannot', async (t) => {
    const one = await api(t)
    const media = await startMediaServer()
    t.after(() => media.stop())
    const { id } = await readyProfile(one.croft.ctx, one.croft.team)
    const patch = (url: string) => one.ask('PATCH', `/v1/farm-profiles/${id}`, { profile_picture_url: url })
    const png = await sharp({ create: { width: 32, height: 32, channels: 3, background: '#a63' } })
      .png()
      .toBuffer()
    media.instead.push((_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(png))
    const url = String(ok(await patch(media.url('picture.png')))['profile_picture_url'])
    assert.ok(url.startsWith(`${one.croft.address}/media/`))
    assert.equal((await fetch(url)).status, 200)
    refused(await patch(media.url('nothing.png')), 422, 'picture_unreachable')
    refused(await patch(media.url('sample.mp4')), 422, 'picture_not_an_image')
    refused(await patch('https://169.254.169.254/x.png'), 422, 'address_not_allowed')
    refused(await patch('https://user:word@media.example.com/x.png'), 422, 'invalid_url')
    assert.deepEqual(named(await patch('http://media.example.com/x.png')), ['profile_picture_url'])
    assert.equal(ok(await one.ask('GET', `/v1/farm-profiles/${id}`))['profile_picture_url'], url)
  })

  test('a failed or deactivated profile is closed', async (t) => {
    const one = await api(t)
    const { croft, ask } = one
    const id = String((await create(one, base()))['profile_id'])
    ok(await ask('POST', `/v1/farm-profiles/${id}/deactivate`))
    refused(await ask('PATCH', `/v1/farm-profiles/${id}`, { bio: 'x' }), 400, 'profile_closed')
    refused(await ask('PATCH', `/v1/farm-profiles/${id}`, {}), 400, 'nothing_to_update')
    assert.equal(refused(await ask('POST', `/v1/farm-profiles/${id}/deactivate`), 409, 'invalid_state')['status'], 'deactivated')
    refused(await ask('POST', `/v1/farm-profiles/${id}/retry`), 409, 'invalid_state')
    const other = await getProfile(croft.ctx.db, croft.team.id, String((await create(one, base()))['profile_id']))
    await croft.team.unit.commit((tx) => moveProfile(tx, other, 'given_up', 'A test says so.'))
    refused(await ask('PATCH', `/v1/farm-profiles/${other.id}`, { bio: 'x' }), 400, 'profile_closed')
    const timeline = ok(await ask('GET', `/v1/farm-profiles/${id}/timeline`))['items'] as { from: string | null; to: string }[]
    assert.ok(timeline.some(({ from, to }) => from === 'configuring' && to === 'deactivated'))
    assert.deepEqual([timeline.at(-1)?.from, timeline.at(-1)?.to], [null, 'configuring'])
  })

  test('one living profile a platform and username, whatever the case', async (t) => {
    const one = await api(t)
    const first = await create(one, { username: 'Croft.Bakery', email_auth_method: 'google' })
    const again = { username: 'croft.bakery', email_auth_method: 'outlook' }
    refused(await one.ask('POST', '/v1/farm-profiles', again), 409, 'username_taken')
    await create(one, { ...again, platform: 'instagram' })
    ok(await one.ask('POST', `/v1/farm-profiles/${String(first['profile_id'])}/deactivate`))
    await create(one, again)
  })

  test('usernames follow the platform’s rule', async (t) => {
    const one = await api(t)
    const ask = (username: string, platform: string) =>
      one.ask('POST', '/v1/farm-profiles', { username, email_auth_method: 'google', platform })
    for (const username of ['a', 'x'.repeat(25), 'ends.', 'blank space', '@rye', 'brød', '🥖🥖', 'a\u0000b', '\ud800x'])
      assert.deepEqual(named(await ask(username, 'tiktok')), ['username'], username)
    for (const username of ['a..b', '.a', 'a.', 'x'.repeat(31)])
      assert.deepEqual(named(await ask(username, 'instagram')), ['username'], username)
    for (const username of ['ab', 'x'.repeat(24), 'A_b.9']) ok(await ask(username, 'tiktok'), 201)
    for (const username of ['a', 'x'.repeat(30)]) ok(await ask(username, 'instagram'), 201)
    const unknown = await one.ask('POST', '/v1/farm-profiles', { ...base(), driver: 'robot' })
    assert.deepEqual(named(unknown), ['driver'])
  })

  test('the alias serves every route', async (t) => {
    const { ask, croft } = await api(t)
    const { id } = await readyProfile(croft.ctx, croft.team)
    const at = `/v1/farm_profiles/${id}`
    ok(await ask('GET', '/v1/farm_profiles'))
    ok(await ask('POST', '/v1/farm_profiles', base()), 201)
    assert.equal(ok(await ask('GET', at))['profile_id'], id)
    ok(await ask('PATCH', at, { bio: 'x' }))
    ok(await ask('GET', `${at}/timeline`))
    assert.deepEqual(ok(await ask('PUT', `${at}/pacing`, { max_per_day: 1, min_gap: '90m' })), { max_per_day: 1, min_gap: '90m' })
    assert.deepEqual(named(await ask('PUT', `${at}/pacing`, { max_per_day: 1, min_gap: '367d' })), ['min_gap'])
    ok(await ask('DELETE', `${at}/pacing`))
    refused(await ask('POST', `${at}/retry`), 409, 'invalid_state')
    ok(await ask('POST', `${at}/deactivate`))
  })
})
