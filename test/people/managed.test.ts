import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { grant } from '../../src/domain/credits/grant.ts'
import { lapseClaims } from '../../src/people/lapse.ts'
import { pictureServer } from '../api/portal/support.ts'
import type { TestAnswer } from '../support/croft.ts'
import { newUsername } from '../support/ready-profile.ts'
import { bodyOf, errorOf, evidence, fallSilent, scene, testManager, type TestManager } from './support.ts'

suite('managed work in the queue', () => {
  let server: Awaited<ReturnType<typeof scene>>
  let pictures: Awaited<ReturnType<typeof pictureServer>>
  let ana: TestManager
  let ben: TestManager
  before(async () => {
    pictures = await pictureServer()
    server = await scene()
    ana = await testManager(server, server.team)
    ben = await testManager(server, server.team)
    await grant(server.team.unit, 1_000)
  })
  after(async () => {
    await server.stop()
    await pictures.stop()
  })

  const data = (answer: TestAnswer): Record<string, unknown> => {
    assert.ok(answer.status < 300, JSON.stringify(answer.body))
    return bodyOf(answer)['data'] as Record<string, unknown>
  }
  const team = (method: string, path: string, body?: unknown) => server.request(method, `/api/ext${path}`, body)
  const queue = async (who: TestManager) =>
    bodyOf(await who.request('GET', '/v1/work?limit=100'))['items'] as Record<string, unknown>[]
  const inQueue = async (who: TestManager, where: Record<string, unknown>) =>
    (await queue(who)).find((item) => Object.entries(where).every(([name, value]) => item[name] === value))
  const found = async (who: TestManager, where: Record<string, unknown>): Promise<string> => {
    const item = await inQueue(who, where)
    assert.ok(item, JSON.stringify(where))
    return item['work_id'] as string
  }
  const ask = (who: TestManager, id: string, action: string, body?: object) =>
    who.request('POST', `/v1/work/${id}/${action}`, body)
  const ok = async (who: TestManager, id: string, action: string, body?: object) => {
    const answer = await ask(who, id, action, body)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return bodyOf(answer)
  }
  async function published(): Promise<string> {
    const order = { bundle_type: 'account_only', platform: 'tiktok', country: 'US', owner: 'Street Style Ltd' }
    const id = data(await team('POST', '/bundles', order))['id'] as string
    const account = {
      username: newUsername(),
      visible_name: 'Street Style NYC',
      biography: 'Daily street fashion from New York City.',
      profile_picture_url: pictures.url(),
    }
    data(await team('PUT', `/bundles/${id}/account`, account))
    data(await team('POST', `/bundles/${id}/publish`))
    return id
  }
  const statusOf = async (id: string) => data(await team('GET', `/bundles/${id}`))['status']

  test('an account: taken, handed in, sent back to its manager alone, delivered; then an edit of it', async () => {
    const id = await published()
    const work = await found(ben, { bundle_id: id, kind: 'account_setup' })
    assert.equal(await found(ana, { bundle_id: id }), work)
    await ok(ana, work, 'claim')
    assert.equal(await statusOf(id), 'accepted')
    assert.equal(await inQueue(ben, { bundle_id: id }), undefined)
    await ok(ana, work, 'start')
    const missing = await ask(ana, work, 'submit', {})
    assert.deepEqual(
      [
        missing.status,
        errorOf(missing)
          .details?.map(({ path }) => path)
          .sort(),
      ],
      [422, ['screenshot_media_id', 'values.phone_name']],
    )
    assert.equal((await ok(ana, work, 'submit', await evidence(server, ana, work)))['status'], 'submitted')
    assert.equal(await inQueue(ana, { bundle_id: id }), undefined)
    data(await team('POST', `/bundles/${id}/account/corrections`, { comment: 'The picture is upside down.' }))
    const back = await inQueue(ana, { bundle_id: id })
    assert.deepEqual([back?.['status'], back?.['feedback']], ['returned', 'The picture is upside down.'])
    assert.equal(await inQueue(ben, { bundle_id: id }), undefined)
    assert.equal((await ask(ben, work, 'start')).status, 404)
    await ok(ana, work, 'start')
    await ok(ana, work, 'submit', { note: 'Turned.', ...(await evidence(server, ana, work)) })
    const account = data(await team('POST', `/bundles/${id}/account/finalize`))['account_id'] as string
    assert.equal(bodyOf(await ana.request('GET', `/v1/work/${work}`))['status'], 'done')

    const edit = { requested_username: newUsername(), requested_visible_name: 'New Display Name' }
    data(await team('POST', `/accounts/${account}/edit-request`, edit))
    const status = async () =>
      (bodyOf(await team('GET', `/accounts/${account}/edit-request`))['data'] as Record<string, unknown>[])[0]?.['status']
    const editWork = await found(ana, { kind: 'edit_request', profile_id: account })
    assert.equal(await inQueue(ben, { kind: 'edit_request' }), undefined)
    await ok(ana, editWork, 'claim')
    assert.equal(await status(), 'pending')
    await ok(ana, editWork, 'start')
    assert.equal(await status(), 'in_progress')
    await fallSilent(server.ctx, editWork)
    await lapseClaims(server.ctx)
    assert.equal(await found(ana, { work_id: editWork, status: 'open' }), editWork)
    await ok(ana, editWork, 'start')
    assert.equal((await ok(ana, editWork, 'submit', await evidence(server, ana, editWork)))['status'], 'submitted')
    assert.equal(await status(), 'in_review')
  })

  test('taking it and taking it back at once: one of them, time and again', async () => {
    for (let n = 0; n < 8; n += 1) {
      const id = await published()
      const work = await found(ana, { bundle_id: id })
      const [claimed, withdrawn] = await Promise.all([ask(ana, work, 'claim'), team('POST', `/bundles/${id}/unpublish`)])
      assert.deepEqual([claimed.status, withdrawn.status].sort(), [200, 409])
      assert.equal(await statusOf(id), claimed.status === 200 ? 'accepted' : 'configured')
      if (claimed.status !== 200) assert.equal(errorOf(claimed)['status'], 'canceled')
    }
  })
})
