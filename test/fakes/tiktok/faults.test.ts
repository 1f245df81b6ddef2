import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../support/wait.ts'
import { statusOf, type ErrorCode } from './errors.ts'
import { fetchStatus, initVideo, post, startFake, uploaded, wholeFile } from './support.ts'

test('every error code of the API can be switched on, with its status or inside 200', async (t) => {
  const { fake } = await startFake(t, { settings: { callsPerMinute: {} } })
  const { accessToken } = fake.grant('anna')
  for (const [code, status] of Object.entries(statusOf) as [ErrorCode, number][]) {
    fake.fail('video/init', { code }, { times: 1 })
    fake.fail('video/init', { code, status: 200 }, { times: 1 })
    for (const expected of [status, 200]) {
      const answer = await initVideo(fake, accessToken, wholeFile(100))
      deepEqual([answer.status, answer.code, answer.data], [expected, code, {}])
    }
  }
  equal(fake.tasks('anna').length, 0)
  equal((await initVideo(fake, accessToken, wholeFile(100))).code, 'ok')
})

test('init can fail after it made its task', async (t) => {
  const { fake } = await startFake(t)
  const { accessToken } = fake.grant('anna')
  fake.fail('video/init', { status: 500, afterEffect: true }, { times: 1 })
  const answer = await initVideo(fake, accessToken, wholeFile(100))
  deepEqual([answer.status, answer.code], [500, 'internal_error'])
  equal(fake.tasks('anna').length, 1)
})

test('a reply can be lost before the effect, and after it', async (t) => {
  const { fake } = await startFake(t)
  const { accessToken } = fake.grant('anna')
  fake.fail('video/init', { lost: true }, { times: 1 })
  await rejects(initVideo(fake, accessToken, wholeFile(100)))
  equal(fake.tasks('anna').length, 0)
  fake.fail('video/init', { lost: true, afterEffect: true }, { times: 1 })
  await rejects(initVideo(fake, accessToken, wholeFile(100)))
  equal(fake.tasks('anna').length, 1)
  equal(fake.requests.at(-1)?.status, null)
})

test('a call can be held without an answer, before the effect or after it', async (t) => {
  const { fake } = await startFake(t)
  const { accessToken } = fake.grant('anna')
  for (const afterEffect of [false, true]) {
    const made = fake.tasks('anna').length
    const held = fake.fail('video/init', { held: true, afterEffect })
    const answer = initVideo(fake, accessToken, wholeFile(100))
    await until(() => held.holding === 1)
    equal(fake.tasks('anna').length, afterEffect ? made + 1 : made)
    held.release()
    equal((await answer).code, 'ok')
    equal(held.hits, 1)
    held.off()
  }
})

test('an answer can be slow', async (t) => {
  const { fake } = await startFake(t)
  fake.fail('creator_info/query', { delayMs: 20 }, { times: 1 })
  equal((await post(fake, 'post/publish/creator_info/query/', fake.grant('anna').accessToken)).code, 'ok')
})

test('a fault can skip calls, choose among them, reach every endpoint and be switched off', async (t) => {
  const { fake } = await startFake(t)
  const { accessToken } = fake.grant('anna')
  const publishId = await uploaded(fake, accessToken)
  const codes = async (calls: number) => {
    const seen = []
    for (let n = 0; n < calls; n += 1) seen.push((await fetchStatus(fake, accessToken, publishId)).code)
    return seen
  }
  fake.fail('status/fetch', { status: 429 }, { skip: 1, times: 2 })
  deepEqual(await codes(4), ['ok', 'rate_limit_exceeded', 'rate_limit_exceeded', 'ok'])
  fake.fail('status/fetch', { status: 503 }, { when: (call) => call.body.includes('nothing like it') })
  deepEqual(await codes(1), ['ok'])
  const outage = fake.fail('any', { status: 503, headers: { 'retry-after': '60' } })
  deepEqual(await codes(2), ['internal_error', 'internal_error'])
  outage.off()
  deepEqual(await codes(1), ['ok'])
  fake.fail('any', { status: 502, body: '<html>Bad gateway</html>' })
  equal(await (await fetch(fake.address)).text(), '<html>Bad gateway</html>')
  fake.clearFaults()
  deepEqual(await codes(1), ['ok'])
})

test('every request is listed with what it carried', async (t) => {
  const { fake, clock } = await startFake(t)
  const { accessToken } = fake.grant('anna')
  await fetchStatus(fake, accessToken, 'x')
  await fetch(`${fake.address}/nowhere`)
  const [status, unknown] = fake.requests
  deepEqual(
    [status?.endpoint, status?.method, status?.path, status?.body, status?.status],
    ['status/fetch', 'POST', '/v2/post/publish/status/fetch/', '{"publish_id":"x"}', 400],
  )
  deepEqual(status?.at, clock.now())
  equal(status.headers.authorization, `Bearer ${accessToken}`)
  deepEqual([unknown?.endpoint, unknown?.status], [null, 404])
})
