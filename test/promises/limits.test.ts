import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { standingClock } from '../support/clock.ts'
import { countRequest } from '../../src/domain/limits/rate.ts'
import { createCroft, type Croft } from '../../src/app/croft.ts'
import { readSettings } from '../../src/config/read.ts'
import { testCroft, testTeam, type TestCroft } from '../support/croft.ts'

const clock = standingClock()
let croft: TestCroft
let second: Croft
before(async () => {
  croft = await testCroft({ work: false, settings: { CROFT_RATE_LIMIT_PER_MINUTE: '30' }, substitutes: { clock } })
  const settings = readSettings({ PORT: '0', LOG_LEVEL: 'silent', CROFT_DATA_DIR: croft.dataDir })
  second = await createCroft(
    { ...settings, CROFT_ROLE: 'api' },
    {
      connection: croft.database.connection,
      clock,
      databaseClock: clock,
    },
  )
})
after(async () => {
  await second.stop(0)
  await croft.stop()
})

const flood = (teamId: string, route: string, times: number) =>
  Promise.all(Array.from({ length: times }, (_, n) => countRequest(n % 2 ? second.ctx : croft.ctx, teamId, route)))

test('the limit holds to the request across processes, for each team and route by itself', async () => {
  const [one, other] = [await testTeam(croft.ctx, 'one'), await testTeam(croft.ctx, 'other')]
  const [first, elsewhere, others] = await Promise.all([
    flood(one.id, 'post-create', 200),
    flood(one.id, 'profile-create', 31),
    flood(other.id, 'post-create', 20),
  ])
  const allowed = (answers: typeof first) => answers.filter((answer) => answer?.allowed).length
  assert.deepEqual([allowed(first), allowed(elsewhere), allowed(others)], [30, 30, 20])
  clock.forward(59_000)
  assert.equal(allowed(await flood(one.id, 'post-create', 5)), 0)
  clock.forward(1_001)
  assert.equal(allowed(await flood(one.id, 'post-create', 50)), 30)
})

test('of hits that many processes count at the same moment none is lost', async () => {
  const { id } = await testTeam(croft.ctx, 'at once')
  const processes = Array.from({ length: 8 }, () => ({ ...croft.ctx, rateLimitPerMinute: 150 }))
  const asked = processes.map(async (ctx) => {
    const answers = []
    for (let n = 0; n < 25; n += 1) answers.push(await countRequest(ctx, id, 'post-create'))
    return answers
  })
  const answers = (await Promise.all(asked)).flat()
  const allowed = answers.filter((answer) => answer?.allowed)
  assert.equal(allowed.length, 150)
  assert.equal(new Set(allowed.map((answer) => answer?.remaining)).size, 150, 'each was told what was left behind it')
})

test('a team that is flooding holds one connection to its counter, and none once it is refused', async () => {
  const [loud, quiet] = [await testTeam(croft.ctx, 'loud'), await testTeam(croft.ctx, 'quiet')]
  const release = Promise.withResolvers<undefined>()
  await countRequest(croft.ctx, loud.id, 'post-create')
  const held = Promise.withResolvers<undefined>()
  const holding = croft.ctx.db.transaction().execute(async (trx) => {
    await sql`select from rate_windows where team_id = ${loud.id} for update`.execute(trx)
    held.resolve(undefined)
    await release.promise
  })
  await held.promise
  const stuck = Promise.all(Array.from({ length: 50 }, () => countRequest(croft.ctx, loud.id, 'post-create')))
  assert.equal((await countRequest(croft.ctx, quiet.id, 'post-create'))?.allowed, true, 'the other team gets through')
  release.resolve(undefined)
  await holding
  assert.equal((await stuck).filter((answer) => answer?.allowed).length, 29)
})
