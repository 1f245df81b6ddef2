import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createCroft } from '../../../src/app/croft.ts'
import { readSettings } from '../../../src/config/read.ts'
import { api, nobody, ok, refused, type Api, type Answer } from '../support/client.ts'
import { standingClock } from '../../support/clock.ts'
import { testTeam } from '../../support/croft.ts'

const limited = { settings: { CROFT_RATE_LIMIT_PER_MINUTE: '30' } }
const path = (name = 'farm-profiles') => `/v1/${name}/${nobody}`
const patch = (one: Api, name?: string, headers?: Record<string, string>): Promise<Answer> =>
  one.ask('PATCH', path(name), { bio: 'x' }, headers)
const post = (one: Api): Promise<Answer> => one.ask('POST', '/v1/posts', {})

const standing = ({ headers }: Answer) => [headers.get('ratelimit-policy'), headers.get('ratelimit'), headers.get('retry-after')]

suite('30 requests a rolling minute for each team and limited route', () => {
  test('the 31st is refused, over route and alias together, and the window rolls', async (t) => {
    const clock = standingClock()
    const one = await api(t, { ...limited, substitutes: { clock } })
    const policy = '"farm-profile-update";q=30;w=60'
    for (let n = 1; n <= 15; n += 1) {
      refused(await patch(one), 404, 'profile_not_found')
      const answer = await patch(one, 'farm_profiles')
      assert.deepEqual(standing(answer), [policy, `"farm-profile-update";r=${30 - 2 * n};t=${n === 1 ? 60 : 50}`, null])
      if (n === 1) clock.forward(10_000)
    }
    const refusal = await patch(one)
    refused(refusal, 429, 'rate_limited')
    assert.deepEqual(standing(refusal), [policy, '"farm-profile-update";r=0;t=50', '50'])
    clock.forward(50_000 - 1)
    refused(await patch(one), 429, 'rate_limited')
    clock.forward(1)
    for (let n = 0; n < 2; n += 1) refused(await patch(one), 404, 'profile_not_found')
    refused(await patch(one, 'farm_profiles'), 429, 'rate_limited')
  })

  test('posts, bulk, reads and other teams have counts of their own, and bad requests count', async (t) => {
    const one = await api(t, limited)
    for (let n = 0; n < 30; n += 1) refused(await post(one), 422, 'validation_error')
    refused(await post(one), 429, 'rate_limited')
    refused(await patch(one), 404, 'profile_not_found')
    refused(await one.ask('POST', '/v1/posts/bulk', {}), 422, 'validation_error')
    for (let n = 0; n < 40; n += 1) assert.deepEqual(standing(await one.ask('GET', '/v1/posts')), [null, null, null])
    const other = await testTeam(one.croft.ctx, 'other')
    refused(await one.ask('POST', '/v1/posts', {}, { 'x-api-key': other.key }), 422, 'validation_error')
    refused(await one.ask('POST', '/v1/posts', {}, { 'x-api-key': '' }), 401, 'unauthorized')
    for (let n = 1; n < 30; n += 1) await one.ask('POST', '/v1/posts/bulk', {})
    refused(await one.ask('POST', '/v1/posts/bulk', {}), 429, 'rate_limited')
  })

  test('replays count', async (t) => {
    const one = await api(t, limited)
    const ask = () => one.ask('POST', '/v1/posts/bulk', { posts: [{}] }, { 'idempotency-key': 'again' })
    for (let n = 1; n <= 30; n += 1) assert.equal((await ask()).headers.get('idempotent-replayed'), n === 1 ? null : 'true')
    refused(await ask(), 429, 'rate_limited')
  })

  test('it holds across servers on one database, however the requests arrive', async (t) => {
    const settings = { ...limited.settings, CROFT_SECRET_KEY: 'ab'.repeat(32) }
    const one = await api(t, { settings })
    const { connection } = one.croft.database
    const dataDir = one.croft.ctx.temporaryDir
    const second = await createCroft(readSettings({ PORT: '0', LOG_LEVEL: 'silent', CROFT_DATA_DIR: dataDir, ...settings }), {
      connection,
    })
    const addresses = [one.croft.address, await second.start()]
    const answers = await Promise.all(
      Array.from({ length: 80 }, (_, n) =>
        fetch(new URL(path(), addresses[n % 2]), {
          method: 'PATCH',
          headers: { 'x-api-key': one.croft.key, 'content-type': 'application/json' },
          body: '{"bio":"x"}',
        }),
      ),
    ).finally(() => second.stop(0))
    const bodies = await Promise.all(answers.map((answer) => answer.json() as Promise<{ error: { code: string } }>))
    assert.deepEqual(
      Object.fromEntries(
        Object.entries(Object.groupBy(bodies, ({ error }) => error.code)).map(([code, of]) => [code, of?.length]),
      ),
      { profile_not_found: 30, rate_limited: 50 },
    )
  })

  test('0 lifts the limit', async (t) => {
    const one = await api(t)
    for (let n = 0; n < 40; n += 1) assert.deepEqual(standing(await patch(one)), [null, null, null])
    ok(await one.ask('GET', '/v1/team'))
  })
})
