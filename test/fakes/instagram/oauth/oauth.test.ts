import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answeredBy, asking, redirectUri, setUp, type Setup } from '../support.ts'

const { fake, clock } = await setUp()
const hour = 3_600_000
const scope = 'instagram_business_basic,instagram_business_content_publish'

const query = (changes: Record<string, string> = {}) => ({
  client_id: fake.app.id,
  redirect_uri: redirectUri,
  response_type: 'code',
  scope,
  state: 's 1',
  ...changes,
})

const authorizeUrl = (values: Record<string, string>) =>
  `${fake.bases.www}/oauth/authorize?${new URLSearchParams(values).toString()}`

async function decide(decision: string, more: [string, string][] = []) {
  const body = new URLSearchParams([['decision', decision], ['account', 'ada'], ...more])
  const response = await fetch(authorizeUrl(query()), { method: 'POST', body, redirect: 'manual' })
  return { status: response.status, location: response.headers.get('location') ?? '' }
}

async function newCode(more: [string, string][] = []): Promise<string> {
  const { location } = await decide('allow', more)
  return new URL(location).searchParams.get('code') ?? ''
}

const codeForm = (code: string, changes: Record<string, string> = {}) => ({
  client_id: fake.app.id,
  client_secret: fake.app.secret,
  grant_type: 'authorization_code',
  redirect_uri: redirectUri,
  code,
  ...changes,
})

const exchange = async (form: Record<string, string>, at: Setup['fake'] = fake) =>
  answeredBy(await fetch(`${at.bases.api}/oauth/access_token`, { method: 'POST', body: new URLSearchParams(form) }))

async function shortToken(): Promise<string> {
  const { json } = await exchange(codeForm(await newCode()))
  return (json.data as { access_token: string }[])[0]?.access_token ?? ''
}

const exchangeShort = (token: string, secret = fake.app.secret) =>
  asking(fake.bases.graph, token)('GET', '/access_token', { grant_type: 'ig_exchange_token', client_secret: secret })

const refresh = (token: string) =>
  asking(fake.bases.graph, token)('GET', '/refresh_access_token', { grant_type: 'ig_refresh_token' })

test('the page shows the scopes and the accounts in a plain form', async () => {
  const response = await fetch(authorizeUrl(query()))
  const html = await response.text()
  assert.equal(response.status, 200)
  assert.match(html, /<form method="post">/)
  assert.match(html, /value="instagram_business_content_publish" checked/)
  assert.match(html, /@ada/)
  assert.match(html, /name="state" value="s 1"/)
})

test('Allow redirects with a code and the state, and #_ after them; Deny with the documented error', async () => {
  const allowed = await decide('allow')
  assert.equal(allowed.status, 302)
  assert.match(allowed.location, /^https:\/\/croft\.example\.com\/callback\?code=[\w-]+&state=s\+1#_$/)
  const denied = new URL((await decide('deny')).location)
  assert.deepEqual(Object.fromEntries(denied.searchParams), {
    error: 'access_denied',
    error_reason: 'user_denied',
    error_description: 'The user denied your request',
    state: 's 1',
  })
})

test('the page refuses an unknown app, another redirect_uri, another response_type and scopes that it does not know', async () => {
  for (const wrong of [
    { client_id: '1' },
    { redirect_uri: `${redirectUri}/` },
    { response_type: 'token' },
    { scope: 'instagram_business_basic,video.publish' },
    { scope: 'instagram_business_content_publish' },
  ]) {
    const response = await fetch(authorizeUrl(query(wrong)))
    assert.equal(response.status, 400, JSON.stringify(wrong))
    assert.match(await response.text(), /Invalid/)
  }
})

test('a personal account cannot connect', async () => {
  await fake.addAccount({ username: 'pat', accountType: 'PERSONAL' })
  const body = new URLSearchParams({ decision: 'allow', account: 'pat' })
  const refused = await fetch(authorizeUrl(query()), { method: 'POST', body, redirect: 'manual' })
  assert.equal(refused.status, 400)
  assert.match(await refused.text(), /professional account/)
})

test('a code becomes a short-lived token of one hour with the granted scopes', async () => {
  const { status, json } = await exchange(codeForm(await newCode([['granted', 'instagram_business_basic']])))
  assert.equal(status, 200)
  const [given] = json.data as { access_token: string; user_id: string; permissions: string }[]
  assert.equal(given?.user_id, fake.account('ada').scopedId)
  assert.equal(given.permissions, 'instagram_business_basic')
  const me = asking(fake.bases.graph, given.access_token)
  assert.equal((await me('GET', '/v26.0/me', { fields: 'username' })).json.username, 'ada')
  assert.equal((await me('POST', '/v26.0/me/media', { image_url: 'https://media.example.com/image.jpg' })).error, '10')
  clock.forward(hour)
  assert.equal((await me('GET', '/v26.0/me')).error, '190/463')
})

test('a form without a tick grants nothing', async () => {
  const { json } = await exchange(codeForm(await newCode([['granted', '']])))
  assert.equal((json.data as { permissions: string }[])[0]?.permissions, '')
})

test('the flat shape of the token reply has a number that JavaScript cannot hold', async () => {
  const other = await setUp({ settings: { tokenReply: 'flat' } })
  other.fake.app.id = fake.app.id
  const body = new URLSearchParams({ decision: 'allow', account: 'ada' })
  const url = authorizeUrl(query()).replace(fake.bases.www, other.fake.bases.www)
  const { headers } = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? ''
  const form = new URLSearchParams(codeForm(code))
  const text = await (await fetch(`${other.fake.bases.api}/oauth/access_token`, { method: 'POST', body: form })).text()
  assert.ok(text.includes(`"user_id":${other.fake.account('ada').scopedId},`))
  assert.ok(text.includes('"permissions":["instagram_business_basic","instagram_business_content_publish"]'))
})

test('the exchange refuses a code that was used, is unknown, carries #_ or has expired, with a flat error', async () => {
  const code = await newCode()
  const suffixed = await exchange(codeForm(`${code}#_`))
  assert.deepEqual(suffixed.json, {
    error_type: 'OAuthException',
    code: 400,
    error_message: 'Matching code was not found or was already used',
  })
  assert.equal((await exchange(codeForm(code))).status, 200)
  assert.match(String((await exchange(codeForm(code))).json.error_message), /already used/)
  const late = await newCode()
  clock.forward(hour)
  assert.match(String((await exchange(codeForm(late))).json.error_message), /expired/)
})

test('the exchange refuses another redirect_uri, client, secret or grant type, and leaves the code good', async () => {
  const code = await newCode()
  fake.app.redirectUris.push('https://croft.example.com/other')
  for (const wrong of [
    { redirect_uri: 'https://croft.example.com/other' },
    { client_id: '1' },
    { client_secret: 'no' },
    { grant_type: 'refresh_token' },
    { code: '' },
  ]) {
    const { status, json } = await exchange(codeForm(code, wrong))
    assert.equal(status, 400, JSON.stringify(wrong))
    assert.equal(json.error_type, 'OAuthException')
  }
  assert.equal((await exchange(codeForm(code))).status, 200)
})

test('the token call takes multipart and JSON as well as a form', async () => {
  const url = `${fake.bases.api}/oauth/access_token`
  const form = new FormData()
  for (const [name, value] of Object.entries(codeForm(await newCode()))) form.set(name, value)
  assert.equal((await fetch(url, { method: 'POST', body: form })).status, 200)
  const body = JSON.stringify(codeForm(await newCode()))
  assert.equal((await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })).status, 200)
})

test('a short-lived token becomes one of 60 days', async () => {
  const { status, json } = await exchangeShort(await shortToken())
  assert.equal(status, 200)
  assert.equal(json.token_type, 'bearer')
  assert.equal(json.expires_in, 60 * 86_400)
  const me = asking(fake.bases.graph, String(json.access_token))
  clock.forward(59 * 24 * hour)
  assert.equal((await me('GET', '/v26.0/me')).status, 200)
  clock.forward(24 * hour)
  assert.equal((await me('GET', '/v26.0/me')).error, '190/463')
})

test('the exchange of tokens refuses a wrong secret, a long-lived token, another grant type and a POST', async () => {
  const short = await shortToken()
  const wrong = await exchangeShort(short, 'no')
  assert.equal(wrong.error, '1')
  assert.equal((wrong.json.error as { is_transient: boolean }).is_transient, false)
  const { json } = await exchangeShort(short)
  assert.equal((await exchangeShort(String(json.access_token))).error, '100')
  const secret = { client_secret: fake.app.secret }
  assert.equal((await asking(fake.bases.graph, short)('GET', '/access_token', { ...secret, grant_type: 'x' })).error, '100')
  assert.equal((await asking(fake.bases.graph, short)('POST', '/access_token', { ...secret })).error, '100')
})

test('a refresh needs a token that is at least 24 hours old and not expired, and gives 60 days from now', async () => {
  const { json } = await exchangeShort(await shortToken())
  const token = String(json.access_token)
  clock.forward(24 * hour - 1)
  const young = await refresh(token)
  assert.equal(young.status, 400)
  assert.equal(young.error, '100')
  clock.forward(1)
  const refreshed = await refresh(token)
  assert.equal(refreshed.json.expires_in, 60 * 86_400)
  assert.equal((await refresh(String(refreshed.json.access_token))).error, '100')
  clock.forward(59 * 24 * hour)
  assert.equal((await refresh(token)).error, '190/463')
  assert.equal((await refresh(String(refreshed.json.access_token))).status, 200)
})

test('a refresh refuses a short-lived token, one without the basic scope, an ended one and another grant type', async () => {
  const day = 24 * hour
  assert.equal((await refresh(fake.grant('ada', { kind: 'short' }).value)).error, '100')
  assert.equal((await refresh(fake.grant('ada', { age: day, scopes: [] }).value)).error, '10')
  const old = fake.grant('bob', { age: day }).value
  assert.equal(
    (await asking(fake.bases.graph, old)('GET', '/refresh_access_token', { grant_type: 'refresh_token' })).error,
    '100',
  )
  fake.changePassword('bob')
  assert.equal((await refresh(old)).error, '190/460')
})

test('the lives of tokens can be set', async () => {
  fake.settings.longTokenLife = 2 * hour
  const { json } = await exchangeShort(await shortToken())
  assert.equal(json.expires_in, 7200)
})

test('a call without a token, with an unknown one or with one of Facebook Login is refused with 190', async () => {
  assert.equal((await asking(fake.bases.graph, null)('GET', '/v26.0/me')).error, '190')
  assert.equal((await asking(fake.bases.graph, 'IGAAx')('GET', '/v26.0/me')).error, '190')
  const facebook = fake.grant('ada', { login: 'facebook' }).value
  assert.equal((await asking(fake.bases.graph, facebook)('GET', '/v26.0/me')).error, '190')
  assert.equal((await asking(fake.bases.facebookGraph, facebook)('GET', '/v26.0/me')).status, 200)
})

test('a token is taken from the Authorization header too', async () => {
  const headers = { authorization: `Bearer ${fake.grant('ada').value}` }
  assert.equal((await fetch(`${fake.bases.graph}/v26.0/me`, { headers })).status, 200)
})
