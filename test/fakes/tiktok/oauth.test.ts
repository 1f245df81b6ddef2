import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import type { TikTokFake } from './index.ts'
import { fetchStatus, readAnswer, redirectUri, startFake } from './support.ts'

const verifier = 'v'.repeat(43)
const hexChallenge = createHash('sha256').update(verifier).digest('hex')
const secrets = { client_key: 'aw-client-key', client_secret: 'client-secret' }

const authorizationUrl = (fake: TikTokFake, changed: Record<string, string> = {}): string =>
  `${fake.address}/v2/auth/authorize/?${new URLSearchParams({
    client_key: 'aw-client-key',
    scope: 'user.info.basic,video.publish',
    redirect_uri: redirectUri,
    state: 'state-1',
    response_type: 'code',
    ...changed,
  }).toString()}`

const challenge = { code_challenge: hexChallenge, code_challenge_method: 'S256' }

async function form(fake: TikTokFake, path: string, values: Record<string, string>) {
  const reply = await fetch(`${fake.address}/v2/oauth/${path}/`, { method: 'POST', body: new URLSearchParams(values) })
  return { status: reply.status, body: (await reply.json()) as Record<string, string | number> }
}

const exchange = (fake: TikTokFake, values: Record<string, string>) =>
  form(fake, 'token', { ...secrets, grant_type: 'authorization_code', redirect_uri: redirectUri, ...values })
const refresh = (fake: TikTokFake, token: unknown) =>
  form(fake, 'token', { ...secrets, grant_type: 'refresh_token', refresh_token: String(token) })

async function codeFrom(fake: TikTokFake, changed: Record<string, string> = {}): Promise<string> {
  const back = await fake.signIn(authorizationUrl(fake, changed), 'anna')
  return back.searchParams.get('code') ?? ''
}

async function tokens(t: TestContext, options: Parameters<typeof startFake>[1] = {}) {
  const { fake, clock } = await startFake(t, options)
  const { body } = await exchange(fake, { code: await codeFrom(fake) })
  return { fake, clock, body }
}

test('the sign-in page shows the accounts and scopes, and sends the browser back with code, state and scopes', async (t) => {
  const { fake } = await startFake(t)
  const page = await (await fetch(authorizationUrl(fake))).text()
  match(page, /<form method="post">.*@anna.*video\.publish.*value="allow".*value="deny"/s)
  const back = await fake.signIn(authorizationUrl(fake), 'anna')
  equal(back.origin + back.pathname, redirectUri)
  equal(back.searchParams.get('state'), 'state-1')
  equal(back.searchParams.get('scopes'), 'user.info.basic,video.publish')
  match(back.searchParams.get('code') ?? '', /\*.*!/)
})

test('Deny sends the browser back with an error', async (t) => {
  const { fake } = await startFake(t)
  const back = await fake.signIn(authorizationUrl(fake), 'anna', { allow: false })
  equal(back.searchParams.get('error'), 'access_denied')
  equal(back.searchParams.get('state'), 'state-1')
  equal(back.searchParams.get('code'), null)
})

test('the sign-in page refuses what is not registered, or not asked for as documented', async (t) => {
  const { fake } = await startFake(t, { app: { scopes: ['user.info.basic', 'video.publish'] } })
  for (const [name, value] of [
    ['client_key', 'other'],
    ['redirect_uri', `${redirectUri}/`],
    ['response_type', 'token'],
    ['state', ''],
    ['scope', 'user.info.basic video.publish'],
    ['scope', 'user.info.basic,video.list'],
    ['code_challenge', hexChallenge],
  ] as const) {
    const reply = await fetch(authorizationUrl(fake, { [name]: value }), { redirect: 'manual' })
    equal(reply.status, 400, `${name}=${value}`)
    match(await reply.text(), new RegExp(name))
  }
})

test('a code is exchanged for tokens with their lifetimes and the granted scopes', async (t) => {
  const { fake } = await startFake(t)
  const { status, body } = await exchange(fake, { code: await codeFrom(fake, challenge), code_verifier: verifier })
  equal(status, 200)
  deepEqual(Object.keys(body), [
    'open_id',
    'scope',
    'access_token',
    'expires_in',
    'refresh_token',
    'refresh_expires_in',
    'token_type',
  ])
  equal(body.open_id, fake.account('anna').openId)
  equal(body.scope, 'user.info.basic,video.publish')
  deepEqual([body.expires_in, body.refresh_expires_in], [7200, 15_552_000])
})

test('the user may grant fewer scopes than the app asked for', async (t) => {
  const { fake } = await startFake(t)
  const back = await fake.signIn(authorizationUrl(fake), 'anna', { scopes: ['user.info.basic'] })
  const { body } = await exchange(fake, { code: back.searchParams.get('code') ?? '' })
  equal(body.scope, 'user.info.basic')
})

test('errors of the token endpoint are flat, and a code works once, for its redirect_uri and verifier, for ten minutes', async (t) => {
  const { fake, clock } = await startFake(t)
  const refused = async (values: Record<string, string>, error: string) => {
    const { status, body } = await exchange(fake, values)
    equal(status, 400)
    equal(body.error, error)
    deepEqual(Object.keys(body), ['error', 'error_description', 'log_id'])
  }
  const code = await codeFrom(fake)
  await refused({ code, client_secret: 'wrong' }, 'invalid_client')
  await refused({ code, redirect_uri: 'https://croft.example/other' }, 'invalid_grant')
  await refused({ code: '' }, 'invalid_request')
  await refused({ code, grant_type: 'password' }, 'unsupported_grant_type')
  await refused({ code: code.replaceAll('!', '%21') }, 'invalid_grant')
  equal((await exchange(fake, { code })).status, 200)
  await refused({ code }, 'invalid_grant')

  const bound = await codeFrom(fake, challenge)
  await refused({ code: bound }, 'invalid_request')
  await refused({ code: bound, code_verifier: 'short' }, 'invalid_request')
  await refused({ code: bound, code_verifier: 'w'.repeat(43) }, 'invalid_grant')
  equal((await exchange(fake, { code: bound, code_verifier: verifier })).status, 200)

  const base64url = { ...challenge, code_challenge: createHash('sha256').update(verifier).digest('base64url') }
  await refused({ code: await codeFrom(fake, base64url), code_verifier: verifier }, 'invalid_grant')

  const late = await codeFrom(fake)
  clock.forward(10 * 60_000)
  await refused({ code: late }, 'invalid_grant')
})

test('the token endpoint takes forms alone', async (t) => {
  const { fake } = await startFake(t)
  const reply = await fetch(`${fake.address}/v2/oauth/token/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(secrets),
  })
  equal(reply.status, 400)
  equal(((await reply.json()) as { error: string }).error, 'invalid_request')
})

test('a refresh replaces the refresh token, and the old one is dead at once', async (t) => {
  const { fake, body } = await tokens(t)
  const { status, body: renewed } = await refresh(fake, body.refresh_token)
  equal(status, 200)
  ok(renewed.refresh_token !== body.refresh_token && renewed.access_token !== body.access_token)
  equal((await refresh(fake, body.refresh_token)).body.error, 'invalid_grant')
  equal((await refresh(fake, renewed.refresh_token)).status, 200)
})

test('a refresh whose reply is lost has replaced the token all the same', async (t) => {
  const { fake, body } = await tokens(t)
  fake.fail('oauth/token', { lost: true, afterEffect: true }, { times: 1, when: (call) => call.body.includes('refresh_token') })
  const lost = await refresh(fake, body.refresh_token).then(
    () => false,
    () => true,
  )
  ok(lost)
  equal(fake.platform.grants.all[0]?.refreshes, 1)
  equal((await refresh(fake, body.refresh_token)).body.error, 'invalid_grant')
})

test('a refresh reply without a refresh token leaves the old one good', async (t) => {
  const { fake, body } = await tokens(t, { settings: { omitRefreshToken: true } })
  const { body: renewed } = await refresh(fake, body.refresh_token)
  equal(renewed.refresh_token, undefined)
  equal((await refresh(fake, body.refresh_token)).status, 200)
})

test('lifetimes are settings, and both tokens expire by the clock', async (t) => {
  const { fake, clock, body } = await tokens(t, { settings: { accessSeconds: 60, refreshSeconds: 600 } })
  deepEqual([body.expires_in, body.refresh_expires_in], [60, 600])
  const asked = () => fetchStatus(fake, String(body.access_token), 'v_pub_file~v2-1.1')
  equal((await asked()).code, 'invalid_publish_id')
  clock.forward(60_000)
  const expired = await asked()
  deepEqual([expired.status, expired.code], [401, 'access_token_invalid'])
  clock.forward(600_000)
  equal((await refresh(fake, body.refresh_token)).body.error, 'invalid_grant')
})

test('revoking ends the access token and the refresh token', async (t) => {
  const { fake, body } = await tokens(t)
  equal((await form(fake, 'revoke', { ...secrets, token: 'none' })).body.error, 'invalid_request')
  const revoked = await form(fake, 'revoke', { ...secrets, token: String(body.access_token) })
  deepEqual(revoked, { status: 200, body: {} })
  equal((await fetchStatus(fake, String(body.access_token), 'x')).code, 'access_token_invalid')
  equal((await refresh(fake, body.refresh_token)).body.error, 'invalid_grant')
})

test('faults of the token endpoint are flat too', async (t) => {
  const { fake } = await startFake(t)
  fake.fail('oauth/token', { status: 503 }, { times: 1 })
  const { status, body } = await exchange(fake, { code: 'x' })
  deepEqual([status, body.error], [503, 'server_error'])
  fake.fail('oauth/token', { code: 'invalid_grant', status: 200 }, { times: 1 })
  deepEqual((await exchange(fake, { code: 'x' })).body.error, 'invalid_grant')
})

test('user/info gives the fields that were asked for, each by its scope', async (t) => {
  const { fake } = await startFake(t)
  const info = async (fields: string, scopes: Parameters<TikTokFake['grant']>[1]) =>
    readAnswer(
      await fetch(`${fake.address}/v2/user/info/?fields=${fields}`, {
        headers: { authorization: `Bearer ${fake.grant('anna', scopes).accessToken}` },
      }),
    )
  const { data } = await info('display_name,username,bio_description,follower_count,video_count', undefined)
  deepEqual(data, {
    user: { display_name: 'Anna & Co', username: 'anna', bio_description: 'Bread', follower_count: 0, video_count: 0 },
  })
  equal((await info('open_id,username', ['user.info.basic'])).code, 'scope_not_authorized')
  equal((await info('open_id,follower_count', ['user.info.basic', 'user.info.profile'])).status, 401)
  equal((await info('shoe_size', undefined)).code, 'invalid_params')
  equal((await info('', undefined)).code, 'invalid_params')
})

test('the picture is served for two hours', async (t) => {
  const { fake, clock } = await startFake(t)
  const reply = await fetch(`${fake.address}/v2/user/info/?fields=avatar_url`, {
    headers: { authorization: `Bearer ${fake.grant('anna').accessToken}` },
  })
  const url = ((await readAnswer(reply)).data.user as { avatar_url: string }).avatar_url
  equal((await fetch(url)).headers.get('content-type'), 'image/png')
  clock.forward(2 * 3_600_000)
  equal((await fetch(url)).status, 403)
})
