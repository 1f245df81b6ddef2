import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testCroft, testTeam, type TestCroft } from '../support/croft.ts'
import { call } from './support/call.ts'
import { isWrite, nameOf, operations, placed, placeOf } from './support/openapi.ts'
import { isWork, keyFor } from './support/work-recipes.ts'
import { prepareWrite, readable } from './support/world.ts'

let croft: TestCroft
before(async () => {
  croft = await testCroft({ work: false })
})
after(() => croft.stop())

const ok = (status: number) => status >= 200 && status < 300
const changes = async (teamId: string) => {
  const count = (table: 'audit' | 'events' | 'idempotency_keys') =>
    croft.ctx.db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('team_id', '=', teamId)
      .executeTakeFirstOrThrow()
  const [audit, events] = [await count('audit'), await count('events')]
  return { audit: audit.n, events: events.n }
}

test('the same key by 50 callers at once is one effect and one answer, on every write route', async (t) => {
  for (const one of (await operations(croft)).filter(isWrite)) {
    await t.test(nameOf(one), async () => {
      const team = await testTeam(croft.ctx, `fifty ${nameOf(one)}`)
      const recipe = await prepareWrite(croft, team, one)
      const before = await changes(team.id)
      const headers = { 'x-api-key': recipe.key, 'idempotency-key': 'fifty' }
      const answers = await Promise.all(Array.from({ length: 50 }, () => call(croft, one, recipe, headers)))
      const done = answers.filter((answer) => ok(answer.status))
      const first = done.filter((answer) => answer.headers.get('idempotent-replayed') === null)
      assert.equal(first.length, 1, `one did it: ${JSON.stringify(answers[0]?.body)}`)
      assert.ok(
        answers.every((answer) => ok(answer.status) || answer.status === 409),
        'the others are replays or 409s',
      )
      assert.equal((await changes(team.id)).audit, before.audit + (recipe.audits ?? 1), 'it left the audit rows of one call')
      const [replay, again] = [await call(croft, one, recipe, headers), await call(croft, one, recipe, headers)]
      assert.deepEqual(
        [replay.status, replay.headers.get('idempotent-replayed'), replay.text],
        [first[0]?.status, 'true', again.text],
      )
      assert.deepEqual(Object.keys(replay.body as object), Object.keys(first[0]?.body as object))
    })
  }
})

test('a dry run answers as the write would, and changes nothing, on every write route', async (t) => {
  for (const one of (await operations(croft)).filter(isWrite)) {
    await t.test(nameOf(one), async () => {
      const team = await testTeam(croft.ctx, `dry ${nameOf(one)}`)
      const recipe = await prepareWrite(croft, team, one)
      const before = await changes(team.id)
      const dry = await call(croft, one, recipe, { 'x-api-key': recipe.key, 'x-dry-run': 'true', 'idempotency-key': 'dry' })
      assert.ok(ok(dry.status), dry.text)
      assert.equal((dry.body as { dry_run?: boolean }).dry_run, true)
      assert.deepEqual(await changes(team.id), before)
      const real = await call(croft, one, recipe, { 'x-api-key': recipe.key, 'idempotency-key': 'dry' })
      assert.equal(real.headers.get('idempotent-replayed'), null, 'a dry run keeps no key')
      assert.equal(real.status, dry.status)
    })
  }
})

test('a read-only key may write nothing', async () => {
  const team = await testTeam(croft.ctx, 'reader', 'read')
  for (const one of (await operations(croft)).filter(isWrite)) {
    const answer = await call(
      croft,
      one,
      { params: Object.fromEntries(one.params.map((name) => [name, 'x'])), body: {} },
      { 'x-api-key': team.key },
    )
    assert.equal(answer.status, 403, nameOf(one))
  }
})

test('a team’s key does no work, and a manager’s key does nothing else', async () => {
  const team = await testTeam(croft.ctx, 'keys of two kinds')
  const manager = await keyFor(croft, team, { path: '/v1/work' })
  for (const one of (await operations(croft)).filter(isWrite)) {
    const params = Object.fromEntries(one.params.map((name) => [name, 'x']))
    const answer = await call(croft, one, { params, body: {} }, { 'x-api-key': isWork(one) ? team.key : manager })
    assert.equal(answer.status, 403, nameOf(one))
  }
})

const nobody = '0193a1b2-9e5f-7061-8c7d-8e9f0a1b2c3d'
/** Seed page 5 alone tells another team's account from none. */
const tellsTheOwner = (path: string) => path.startsWith('/api/ext/accounts/{id}/edit-request')

test('what belongs to another team is the same 404 as what does not exist, on every route', async () => {
  const [owner, other] = [await testTeam(croft.ctx, 'owner'), await testTeam(croft.ctx, 'other')]
  const all = await operations(croft)
  const known: Record<string, string> = await readable(croft, owner)
  for (const one of all.filter((each) => isWrite(each) && each.params.length > 0)) {
    const { params } = await prepareWrite(croft, owner, one)
    Object.assign(known, placed(one.path, params))
  }
  for (const one of all.filter((each) => each.keyed && each.params.length > 0)) {
    const { body, params, file } = isWrite(one)
      ? await prepareWrite(croft, owner, one)
      : { body: {}, params: {}, file: undefined }
    const recipe = file ? { body, file } : { body }
    const found = (name: string) => known[placeOf(one.path, name)] ?? known[name] ?? ''
    const theirs: Record<string, string> = { ...Object.fromEntries(one.params.map((name) => [name, found(name)])), ...params }
    const none = Object.fromEntries(one.params.map((name) => [name, nobody]))
    const headers = { 'x-api-key': await keyFor(croft, other, one), 'x-request-id': 'same' }
    const [a, b] = [
      await call(croft, one, { ...recipe, params: theirs }, headers),
      await call(croft, one, { ...recipe, params: none }, headers),
    ]
    assert.ok(
      Object.values(theirs).every((value) => value !== ''),
      `${nameOf(one)}: nothing is known for its parameters`,
    )
    if (tellsTheOwner(one.path)) {
      const { error } = a.body as { error: { code: string } }
      assert.deepEqual([a.status, error.code, b.status], [403, 'SAVED_ACCOUNT_NOT_OWNED', 404], nameOf(one))
    } else assert.deepEqual([a.status, a.text], [404, b.text], nameOf(one))
  }
})
