import assert from 'node:assert/strict'
import { after, before, beforeEach, suite, test } from 'node:test'
import { sql } from 'kysely'
import { newId } from '../../src/lib/ids.ts'
import { deactivateManager } from '../../src/people/managers.ts'
import { createProfile } from '../../src/domain/profiles/create.ts'
import { cancelWork, finishWork, openWork, returnWork } from '../../src/people/queue.ts'
import type { WorkItem } from '../../src/people/contract.ts'
import { lapseClaims } from '../../src/people/lapse.ts'
import { testTeam } from '../support/croft.ts'
import { carryOut, newUsername } from '../support/ready-profile.ts'
import { bodyOf, errorOf, fallSilent, scene, testManager, type TestManager } from './support.ts'

suite('claims', () => {
  let server: Awaited<ReturnType<typeof scene>>
  let ana: TestManager
  let ben: TestManager
  before(async () => {
    server = await scene()
    ana = await testManager(server, server.team)
    ben = await testManager(server, server.team)
  })
  after(() => server.stop())

  let item: WorkItem
  const now = async (): Promise<WorkItem> =>
    server.ctx.db.selectFrom('work_items').selectAll().where('id', '=', item.id).executeTakeFirstOrThrow()
  const ask = (who: TestManager, action: string, body?: object) => who.request('POST', `/v1/work/${item.id}/${action}`, body)
  /** How much longer the claim holds, by the database's clock, in whole minutes. */
  const minutesLeft = async (): Promise<number> => {
    const left = sql<number>`round(extract(epoch from claimed_until - clock_timestamp()) / 60)::int`
    const row = await server.ctx.db
      .selectFrom('work_items')
      .select(left.as('minutes'))
      .where('id', '=', item.id)
      .executeTakeFirstOrThrow()
    return row.minutes
  }
  const holdFor = (minutes: number) =>
    server.ctx.db
      .updateTable('work_items')
      .set({ claimed_until: sql<Date>`clock_timestamp() + ${minutes} * interval '1 minute'` })
      .where('id', '=', item.id)
      .execute()

  beforeEach(async () => {
    const { row } = await createProfile(server.team.unit, {
      username: newUsername(),
      emailAuthMethod: 'google',
      platform: 'tiktok',
      driver: 'operator',
    })
    await carryOut(server.ctx, row)
    item = await server.ctx.db.selectFrom('work_items').selectAll().where('profile_id', '=', row.id).executeTakeFirstOrThrow()
  })

  test('of ten at once one gets it, the others hear when it may be free', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => ask(n % 2 ? ana : ben, n % 3 ? 'claim' : 'start')))
    const won = answers.filter((answer) => answer.status === 200)
    const held = await now()
    const winner = held.holder_id === ana.id ? ana : ben
    // The winner's own calls all succeed; the other's all fail.
    assert.equal(won.length, 5)
    for (const answer of answers.filter((one) => one.status !== 200)) {
      assert.equal(answer.status, 409)
      const error = errorOf(answer)
      assert.equal(error.code, 'invalid_state')
      assert.ok(error.message.includes(String(error['claimed_until'])))
    }
    assert.equal(await minutesLeft(), 30)
    assert.equal((await ask(winner, 'claim')).status, 200)
  })

  test('every call of the holder renews the claim, and of nobody else', async () => {
    await ask(ana, 'claim')
    const calls: (() => Promise<{ status: number }>)[] = [
      () => ana.request('GET', `/v1/work/${item.id}`),
      () => ask(ana, 'claim'),
      () => ask(ana, 'start'),
      () => ask(ana, 'start'),
      // Refused, and still a sign of life.
      () => ask(ana, 'submit', { screenshot_media_id: newId() }),
    ]
    for (const call of calls) {
      await holdFor(10)
      await call()
      assert.equal(await minutesLeft(), 30)
    }
    await holdFor(10)
    await ben.request('GET', `/v1/work/${item.id}`)
    await ask(ben, 'claim')
    assert.equal(await minutesLeft(), 10)
  })

  test('a claim whose holder falls silent goes back to the queue', async () => {
    await ask(ana, 'claim')
    await lapseClaims(server.ctx)
    assert.deepEqual([(await ask(ben, 'claim')).status, (await now()).status], [409, 'claimed'])
    await fallSilent(server.ctx, item.id)
    await lapseClaims(server.ctx)
    const free = await now()
    assert.deepEqual([free.status, free.holder_id, free.claimed_until], ['open', null, null])
    const late = await ask(ana, 'submit', {})
    assert.equal(late.status, 409)
    assert.deepEqual([errorOf(late).code, errorOf(late)['status']], ['invalid_state', 'open'])
  })

  test('two sweeps at once take it back once', async () => {
    await ask(ana, 'start')
    await fallSilent(server.ctx, item.id)
    await Promise.all([lapseClaims(server.ctx), lapseClaims(server.ctx), lapseClaims(server.ctx)])
    const lines = await server.ctx.db
      .selectFrom('audit')
      .select('id')
      .where('action', '=', 'work.lapse')
      .where('subject', '=', `work:${item.id}`)
      .execute()
    assert.equal(lines.length, 1)
    assert.equal((await now()).status, 'open')
  })

  test('who comes late finds it taken: a clear 409, and nothing overwritten', async () => {
    await ask(ana, 'start')
    await fallSilent(server.ctx, item.id)
    // No sweep has come by: the claim lapses by the other's call.
    assert.equal((await ask(ben, 'start')).status, 200)
    const before = await now()
    for (const [action, body] of [
      ['submit', { values: { phone_name: 'Wrong' } }],
      ['fail', { code: 'no', message: 'No.' }],
      ['release', undefined],
    ] as const) {
      const late = await ask(ana, action, body)
      assert.equal(late.status, 409)
      const until = before.claimed_until?.toISOString()
      assert.deepEqual([errorOf(late)['status'], errorOf(late)['claimed_until']], ['started', until])
    }
    assert.deepEqual(await now(), before)
    assert.equal((await ask(ben, 'submit', { values: { phone_name: 'Right' } })).status, 200)
    const again = await ask(ana, 'submit', {})
    assert.deepEqual([again.status, errorOf(again)['status']], [409, 'done'])
    assert.deepEqual((await now()).submission, {
      values: { phone_name: 'Right' },
      post_url: null,
      note: null,
      screenshot_media_id: null,
    })
  })

  test('a holder whose claim ran out may go on while nobody has taken it', async () => {
    await ask(ana, 'start')
    await fallSilent(server.ctx, item.id)
    assert.equal((await ask(ana, 'submit', { values: { phone_name: 'Rack 1' } })).status, 200)
  })

  test('release gives it to the others at once', async () => {
    assert.equal((await ask(ana, 'release')).status, 409)
    await ask(ana, 'claim')
    assert.equal((await ask(ben, 'release')).status, 409)
    assert.equal(bodyOf(await ask(ana, 'release'))['status'], 'open')
    assert.equal((await ask(ben, 'claim')).status, 200)
    await ask(ben, 'start')
    assert.equal(bodyOf(await ask(ben, 'release'))['status'], 'open')
  })

  test('what is done can be taken no more', async () => {
    await ask(ana, 'claim')
    await ask(ana, 'submit', { values: { phone_name: 'Rack 1' } })
    for (const who of [ana, ben]) {
      const answer = await ask(who, 'claim')
      assert.deepEqual([answer.status, errorOf(answer)['status'], errorOf(answer)['claimed_until']], [409, 'done', null])
    }
  })

  test('work of another team is as none', async () => {
    const other = await testManager(server, await testTeam(server.ctx, `other ${item.id}`))
    const unknown = newId()
    for (const action of ['claim', 'start', 'release', 'submit', 'fail']) {
      const body = action === 'submit' ? {} : action === 'fail' ? { code: 'no', message: 'No.' } : undefined
      const headers = { 'x-request-id': 'same' }
      const theirs = await other.request('POST', `/v1/work/${item.id}/${action}`, body, headers)
      const none = await other.request('POST', `/v1/work/${unknown}/${action}`, body, headers)
      assert.equal(theirs.status, 404)
      assert.deepEqual(theirs.body, none.body)
      assert.equal(errorOf(theirs).code, 'work_not_found')
    }
    assert.equal((await other.request('GET', `/v1/work/${item.id}`)).status, 404)
    assert.deepEqual(bodyOf(await other.request('GET', '/v1/work')), { items: [], has_more: false, next_cursor: null })
  })

  test('a deactivated manager’s key opens nothing, and what they held goes back', async () => {
    const cleo = await testManager(server, server.team)
    await ask(cleo, 'start')
    await deactivateManager(server.ctx, cleo.name)
    assert.equal((await now()).status, 'open')
    assert.equal((await cleo.request('GET', '/v1/work')).status, 401)
    assert.equal((await ask(cleo, 'submit', {})).status, 401)
    await assert.rejects(deactivateManager(server.ctx, cleo.name), { code: 'manager_not_found' })
  })

  const mine = async (who: TestManager) =>
    ((await who.request('GET', '/v1/work?limit=100')).body as { items: { work_id: string }[] }).items.map((one) => one.work_id)

  test('work assigned to one stands in their queue alone', async () => {
    const { unit } = server.team
    const id = await unit.commit((tx) =>
      openWork(tx, { kind: 'edit_request', managerId: ana.id, dueAt: tx.now, instructions: '1. Do it.', values: {} }),
    )
    assert.ok((await mine(ana)).includes(id))
    assert.ok(!(await mine(ben)).includes(id))
    assert.equal((await ben.request('POST', `/v1/work/${id}/claim`)).status, 404)
    assert.equal(await unit.commit((tx) => cancelWork(tx, { id })), 1)
    assert.ok(!(await mine(ana)).includes(id))
  })

  test('work sent back stands in the queue of who handed it in, with the feedback', async () => {
    const { unit } = server.team
    // Handed in for review: what a bundle's handler answers.
    await ask(ana, 'start')
    await server.ctx.db
      .updateTable('work_items')
      .set({ status: 'submitted', claimed_until: null })
      .where('id', '=', item.id)
      .execute()
    assert.ok(!(await mine(ana)).includes(item.id))
    const handedIn = await ask(ana, 'start')
    assert.deepEqual([handedIn.status, errorOf(handedIn)['status']], [409, 'submitted'])
    assert.equal(await unit.commit((tx) => returnWork(tx, { id: item.id }, 'The picture is upside down.')), 1)
    assert.equal(await unit.commit((tx) => returnWork(tx, { id: item.id }, 'Again.')), 0)
    assert.equal((await ask(ben, 'claim')).status, 404)
    const back = bodyOf(await ana.request('GET', `/v1/work/${item.id}`))
    assert.deepEqual([back['status'], back['feedback'], back['claimed_until']], ['returned', 'The picture is upside down.', null])
    assert.ok((await mine(ana)).includes(item.id))
    await ask(ana, 'claim')
    // What was sent back once does not look new.
    assert.equal(bodyOf(await ask(ana, 'release'))['status'], 'returned')
    assert.equal(await unit.commit((tx) => finishWork(tx, { id: item.id })), 1)
    assert.equal((await now()).status, 'done')
  })

  test('work sent back to a deactivated manager stands in everybody’s queue', async () => {
    const cleo = await testManager(server, server.team)
    await ask(cleo, 'start')
    await server.ctx.db
      .updateTable('work_items')
      .set({ status: 'submitted', claimed_until: null })
      .where('id', '=', item.id)
      .execute()
    await deactivateManager(server.ctx, cleo.name)
    await server.team.unit.commit((tx) => returnWork(tx, { id: item.id }, 'Once more.'))
    assert.ok((await mine(ben)).includes(item.id))
  })
})
