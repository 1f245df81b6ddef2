import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { addManager } from '../../src/people/managers.ts'
import { newId } from '../../src/lib/ids.ts'
import { openWork } from '../../src/people/queue.ts'
import { createProfile } from '../../src/domain/profiles/create.ts'
import { testTeam, type TestAnswer, type TestTeam } from '../support/croft.ts'
import { carryOut, newUsername } from '../support/ready-profile.ts'
import { picture as drawn } from '../media/pictures.ts'
import { bodyOf, errorOf, scene, testManager, type TestManager } from './support.ts'

const actions = ['claim', 'start', 'release', 'submit', 'fail'] as const
const bodies: Record<(typeof actions)[number], object | undefined> = {
  claim: undefined,
  start: undefined,
  release: undefined,
  submit: {},
  fail: { code: 'no', message: 'No.' },
}

interface WorkPage {
  items: { work_id: string }[]
  has_more: boolean
  next_cursor: string | null
}

suite('the routes of work', () => {
  let server: Awaited<ReturnType<typeof scene>>
  let ana: TestManager
  let reader: TestTeam
  before(async () => {
    server = await scene()
    ana = await testManager(server, server.team)
    reader = await testTeam(server.ctx, 'test', 'read')
  })
  after(() => server.stop())

  async function newItem(team = server.team): Promise<string> {
    const { row } = await createProfile(team.unit, {
      username: newUsername(),
      emailAuthMethod: 'google',
      platform: 'tiktok',
      driver: 'operator',
    })
    await carryOut(server.ctx, row)
    const item = await server.ctx.db
      .selectFrom('work_items')
      .select('id')
      .where('profile_id', '=', row.id)
      .executeTakeFirstOrThrow()
    return item.id
  }
  const status = async (id: string) =>
    (await server.ctx.db.selectFrom('work_items').select('status').where('id', '=', id).executeTakeFirstOrThrow()).status

  const upload = async (
    id: string,
    bytes: Buffer | string,
    options: { key?: string; part?: string; headers?: Record<string, string> } = {},
  ): Promise<TestAnswer> => {
    const form = new FormData()
    form.append(options.part ?? 'file', new Blob([typeof bytes === 'string' ? bytes : Uint8Array.from(bytes)]), 'screen.png')
    const response = await fetch(`${server.address}/v1/work/${id}/screenshot`, {
      method: 'POST',
      headers: { 'x-api-key': options.key ?? ana.key, ...options.headers },
      body: form,
    })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }

  test('without a key, 401; with a team’s key, 403; an id that is none, 422; an unknown one, 404', async () => {
    const id = await newItem()
    const routes: [string, (id: string) => string, object | undefined][] = [
      ['GET', () => '/v1/work', undefined],
      ['GET', (one) => `/v1/work/${one}`, undefined],
      ...actions.map((action): [string, (id: string) => string, object | undefined] => [
        'POST',
        (one) => `/v1/work/${one}/${action}`,
        bodies[action],
      ]),
      ['POST', (one) => `/v1/work/${one}/screenshot`, undefined],
    ]
    for (const [method, path, body] of routes) {
      const none = await fetch(new URL(path(id), server.address), { method })
      assert.equal(none.status, 401, path(id))
      await none.body?.cancel()
      assert.equal((await server.request(method, path(id), body, { 'x-api-key': 'croft_wrong' })).status, 401)
      for (const key of [server.key, reader.key]) {
        const answer = await server.request(method, path(id), body, { 'x-api-key': key })
        assert.deepEqual([answer.status, errorOf(answer).code, errorOf(answer)['needed']], [403, 'insufficient_scope', 'work'])
      }
      if (path('') === '/v1/work') continue
      assert.equal((await ana.request(method, path('x'), body)).status, 422)
      if (path('').endsWith('screenshot')) continue
      const unknown = await ana.request(method, path(newId()), body)
      assert.deepEqual([unknown.status, errorOf(unknown).code], [404, 'work_not_found'])
    }
  })

  test('a key of the scope work that belongs to no manager opens nothing', async () => {
    const key = (await testTeam(server.ctx, 'test', 'work')).key
    assert.equal((await server.request('GET', '/v1/work', undefined, { 'x-api-key': key })).status, 403)
  })

  test('a manager’s key opens no other route', async () => {
    const reference = (await server.request('GET', '/openapi.json')).body as {
      paths: Record<string, Record<string, { security?: unknown }>>
    }
    let asked = 0
    for (const [template, methods] of Object.entries(reference.paths)) {
      if (template.startsWith('/v1/work')) continue
      for (const [method, { security }] of Object.entries(methods)) {
        if (!Array.isArray(security) || security.length === 0) continue
        const path = template.replaceAll(/\{[^}]+\}/g, newId())
        const answer = await ana.request(method.toUpperCase(), path, method === 'get' ? undefined : {})
        assert.deepEqual([path, answer.status, errorOf(answer).code], [path, 403, 'insufficient_scope'])
        asked += 1
      }
    }
    assert.ok(asked > 30)
  })

  test('bad values are named', async () => {
    const id = await newItem()
    await ana.request('POST', `/v1/work/${id}/claim`)
    const cases: [string, object, string][] = [
      ['submit', { post_url: '' }, 'post_url'],
      ['submit', { note: 'x'.repeat(4_001) }, 'note'],
      ['submit', { values: [] }, 'values'],
      ['submit', { screenshot_media_id: 'x' }, 'screenshot_media_id'],
      ['submit', { posturl: 'https://x.example/' }, 'posturl'],
      ['fail', { message: 'No.' }, 'code'],
      ['fail', { code: 'Not Snake', message: 'No.' }, 'code'],
      ['fail', { code: 'no', message: '' }, 'message'],
    ]
    for (const [action, body, path] of cases) {
      const answer = await ana.request('POST', `/v1/work/${id}/${action}`, body)
      assert.equal(answer.status, 422, JSON.stringify(body))
      assert.deepEqual(
        errorOf(answer).details?.map((detail) => detail.path),
        [path],
      )
    }
    assert.equal((await ana.request('GET', '/v1/work?limit=0')).status, 422)
    assert.equal((await ana.request('GET', '/v1/work?cursor=nonsense')).status, 422)
    assert.equal(await status(id), 'claimed')
  })

  test('an Idempotency-Key repeats the first answer, and is each manager’s own', async () => {
    const ben = await testManager(server, server.team)
    const id = await newItem()
    const headers = { 'idempotency-key': 'one' }
    const first = await ana.request('POST', `/v1/work/${id}/claim`, undefined, headers)
    server.clock.forward(60_000)
    const second = await ana.request('POST', `/v1/work/${id}/claim`, undefined, headers)
    assert.deepEqual([second.status, second.headers.get('idempotent-replayed')], [200, 'true'])
    assert.deepEqual(second.body, first.body)
    const other = await ben.request('POST', `/v1/work/${id}/claim`, undefined, headers)
    assert.deepEqual([other.status, errorOf(other)['status']], [409, 'claimed'])
    const reused = await ana.request('POST', `/v1/work/${id}/start`, undefined, headers)
    assert.deepEqual([reused.status, errorOf(reused).code], [422, 'idempotency_key_reused'])
    const submit = () =>
      ana.request('POST', `/v1/work/${id}/submit`, { values: { phone_name: 'Rack 1' } }, { 'idempotency-key': 'two' })
    assert.equal((await submit()).status, 200)
    assert.equal((await submit()).headers.get('idempotent-replayed'), 'true')
  })

  test('a dry run checks and changes nothing', async () => {
    const id = await newItem()
    const dry = await ana.request('POST', `/v1/work/${id}/start`, undefined, { 'x-dry-run': 'true' })
    assert.deepEqual([dry.status, bodyOf(dry)['dry_run'], bodyOf(dry)['status']], [200, true, 'started'])
    assert.equal(await status(id), 'open')
  })

  test('the list: soonest due first over all the teams served, in pages', async () => {
    const [north, south, alien] = await Promise.all(['north', 'south', 'alien'].map((name) => testTeam(server.ctx, name)))
    assert.ok(north && south && alien)
    const cleo = await testManager(server, north, south)
    const at = (hours: number) => new Date(server.clock.now().getTime() + hours * 3_600_000)
    const open = (team: TestTeam, hours: number) =>
      team.unit.commit((tx) => openWork(tx, { kind: 'video', dueAt: at(hours), instructions: '1. Post it.', values: {} }))
    const expected = [await open(south, 1), await open(north, 2), await open(north, 2), await open(south, 3)]
    await open(alien, 0)
    const got: string[] = []
    let cursor: string | null = null
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`
      const page = (await cleo.request('GET', `/v1/work?limit=3${query}`)).body as WorkPage
      got.push(...page.items.map((item) => item.work_id))
      assert.equal(page.has_more, page.next_cursor !== null)
      cursor = page.next_cursor
    } while (cursor !== null)
    assert.deepEqual(got, expected)
    const first = ((await cleo.request('GET', '/v1/work')).body as { items: { team_name: string }[] }).items[0]
    assert.equal(first?.team_name, 'south')
  })

  test('a person once more added keeps the teams and the earlier key', async () => {
    const dora = await testManager(server, server.team)
    const east = await testTeam(server.ctx, 'east')
    const { managerId, key } = await addManager(east.unit, `  ${dora.name} `)
    assert.equal(managerId, dora.id)
    const teams = await server.ctx.db.selectFrom('manager_teams').select('team_id').where('manager_id', '=', dora.id).execute()
    assert.deepEqual(new Set(teams.map((row) => row.team_id)), new Set([server.team.id, east.id]))
    for (const one of [dora.key, key])
      assert.equal((await server.request('GET', '/v1/work', undefined, { 'x-api-key': one })).status, 200)
    await assert.rejects(addManager(east.unit, ' '), { code: 'validation_error' })
    await assert.rejects(addManager(east.unit, 'x'.repeat(101)), { code: 'validation_error' })
  })

  test('phones: list, get, unknown, bad value, no key', async () => {
    const team = await testTeam(server.ctx, 'phones')
    const manager = await testManager(server, team)
    const id = await newItem(team)
    await manager.request('POST', `/v1/work/${id}/start`)
    await manager.request('POST', `/v1/work/${id}/submit`, { values: { phone_name: 'Blue' } })
    const key = { 'x-api-key': team.key }
    const page = (await server.request('GET', '/v1/phones', undefined, key)).body as {
      items: { phone_id: string; name: string }[]
    }
    assert.deepEqual(
      page.items.map((phone) => phone.name),
      ['Blue'],
    )
    const path = `/v1/phones/${page.items[0]?.phone_id ?? ''}`
    assert.equal((await server.request('GET', path, undefined, key)).status, 200)
    const foreign = await server.request('GET', path)
    assert.deepEqual([foreign.status, errorOf(foreign).code], [404, 'phone_not_found'])
    assert.equal((await server.request('GET', '/v1/phones/x')).status, 422)
    assert.equal((await server.request('GET', '/v1/phones?limit=101')).status, 422)
    for (const one of ['/v1/phones', path]) assert.equal((await fetch(new URL(one, server.address))).status, 401)
  })

  test('a screenshot of the holder’s is kept and goes into the submission', async () => {
    const id = await newItem()
    const picture = await drawn('png', 40, 80)
    const early = await upload(id, picture)
    assert.deepEqual([early.status, errorOf(early)['status']], [409, 'open'])
    await ana.request('POST', `/v1/work/${id}/start`)
    const kept = await upload(id, picture, { headers: { 'idempotency-key': 'shot' } })
    assert.equal(kept.status, 201)
    const again = await upload(id, picture, { headers: { 'idempotency-key': 'shot' } })
    assert.deepEqual([again.headers.get('idempotent-replayed'), again.body], ['true', kept.body])
    const reused = await upload(id, await drawn('png', 41, 80), { headers: { 'idempotency-key': 'shot' } })
    assert.equal(reused.status, 422)
    for (const [answer, path] of [
      [await upload(id, 'no picture'), 'file'],
      [await upload(id, picture, { part: 'screen' }), 'file'],
    ] as const) {
      assert.equal(answer.status, 422)
      assert.deepEqual(
        errorOf(answer).details?.map((detail) => detail.path),
        [path],
      )
    }
    assert.equal((await ana.request('POST', `/v1/work/${id}/screenshot`, {})).status, 415)
    assert.equal((await upload(newId(), picture)).status, 404)
    assert.equal((await upload(id, picture, { key: server.key })).status, 403)
    const ben = await testManager(server, server.team)
    assert.equal((await upload(id, picture, { key: ben.key })).status, 409)
    const media = (kept.body as { media_id: string }).media_id
    assert.equal(
      (await ana.request('POST', `/v1/work/${id}/submit`, { values: { phone_name: 'Rack 1' }, screenshot_media_id: media }))
        .status,
      200,
    )
  })
})
