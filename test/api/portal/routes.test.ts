import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testTeam } from '../../support/croft.ts'
import { startMediaServer, type MediaServer } from '../../support/media-server.ts'
import { evidence } from '../../people/support.ts'
import { checkVideo, dataOf, editBody, errorOf, newBundle, portal, savedAccount } from './support.ts'

const p = portal()
let media: MediaServer
before(async () => {
  media = await startMediaServer()
})
after(() => media.stop())

interface Ask {
  path: string
  body?: Record<string, unknown> | undefined
}
interface Route {
  method: 'GET' | 'POST' | 'PUT'
  name: string
  /** Makes what the route needs, so that the request succeeds once. */
  ready: () => Promise<Ask>
  /** What another team's key is told; nothing where the path holds no id. */
  foreign?: 'bundle_not_found' | 'SAVED_ACCOUNT_NOT_FOUND' | 'SAVED_ACCOUNT_NOT_OWNED'
}

const bundlePath = (id: string, rest = '') => `/api/ext/bundles/${id}${rest}`
const onBundle = (
  method: Route['method'],
  rest: string,
  make: () => Promise<string>,
  body?: () => Record<string, unknown>,
): Route => ({
  method,
  name: `/api/ext/bundles/{id}${rest}`,
  ready: async () => ({ path: bundlePath(await make(), rest), body: body?.() }),
  foreign: 'bundle_not_found',
})

const video = () => ({ media_type: 'video', media_url: media.url('sample.mp4'), target_publish_date: '2027-10-01' })

/** A bundle of one video, published, or handed in too. */
async function videos(handedIn: boolean, shown = false): Promise<string> {
  const { server, order, request, act, work, doWork, manager } = p()
  const account = await savedAccount(server, manager.id)
  const id = await order({ bundle_type: 'videos_only', videos_quantity: 1, account_id: account })
  if (!handedIn) return id
  dataOf(await request('PUT', bundlePath(id, '/videos/1'), video()))
  await checkVideo(server, id, 1)
  await act(id, 'publish')
  const item = await work({ bundle: id }, 'video', 1)
  await doWork(item, 'start')
  const shot = shown ? await evidence(server, manager, item) : {}
  await doWork(item, 'submit', { post_url: 'https://www.tiktok.com/@street/video/1', ...shot })
  return id
}

async function delivered(): Promise<string> {
  const id = await p().inReview()
  await p().act(id, 'account/finalize')
  return id
}

const configured = async () => {
  const id = await p().order()
  dataOf(await p().configure(id))
  return id
}

const editPath = (account: string, rest = '') => `/api/ext/accounts/${account}/edit-request${rest}`
const newAccount = () => savedAccount(p().server, p().manager.id)
const onRequest = (verb: string, reach: 'pending' | 'in_review', body?: Record<string, unknown>): Route => ({
  method: 'POST',
  name: `/api/ext/accounts/{id}/edit-request/{request_id}/${verb}`,
  async ready() {
    await p().grant(8)
    const account = await newAccount()
    const request = dataOf(await p().edit(account))['edit_request_id'] as string
    if (reach === 'in_review') {
      const item = await p().work({ request }, 'edit_request')
      await p().doWork(item, 'start')
      await p().doWork(item, 'submit', {})
    }
    return { path: editPath(account, `/${request}/${verb}`), body }
  },
  foreign: 'SAVED_ACCOUNT_NOT_OWNED',
})

const routes: Route[] = [
  {
    method: 'POST',
    name: '/api/ext/bundles',
    ready: async () => {
      await p().grant(40)
      return { path: '/api/ext/bundles', body: newBundle.account_only }
    },
  },
  { method: 'GET', name: '/api/ext/bundles', ready: () => Promise.resolve({ path: '/api/ext/bundles' }) },
  onBundle('GET', '', () => p().order()),
  onBundle(
    'PUT',
    '/account',
    () => p().order(),
    () => p().account(),
  ),
  onBundle('GET', '/account', () => p().order()),
  onBundle('GET', '/publish-readiness', () => p().order()),
  onBundle('POST', '/publish', configured),
  onBundle('POST', '/unpublish', () => p().published()),
  onBundle('POST', '/cancel', () => p().order()),
  onBundle(
    'POST',
    '/account/corrections',
    () => p().inReview(),
    () => ({ comment: 'Better.' }),
  ),
  onBundle('POST', '/account/finalize', () => p().inReview()),
  onBundle('POST', '/close', delivered),
  onBundle('GET', '/videos', () => videos(false)),
  onBundle('GET', '/videos/1', () => videos(false)),
  onBundle('PUT', '/videos/1', () => videos(false), video),
  onBundle(
    'POST',
    '/videos/1/corrections',
    () => videos(true),
    () => ({ comment: 'Better.' }),
  ),
  onBundle('POST', '/videos/1/finalize', () => videos(true)),
  {
    method: 'POST',
    name: '/api/ext/accounts/{id}/edit-request',
    ready: async () => {
      await p().grant(8)
      return { path: editPath(await newAccount()), body: editBody() }
    },
    foreign: 'SAVED_ACCOUNT_NOT_OWNED',
  },
  {
    method: 'GET',
    name: '/api/ext/accounts/{id}/edit-request',
    ready: async () => ({ path: editPath(await newAccount()) }),
    foreign: 'SAVED_ACCOUNT_NOT_OWNED',
  },
  onBundle('GET', '/account/screenshot', () => p().inReview()),
  {
    ...onRequest('screenshot', 'in_review'),
    method: 'GET',
    name: '/api/ext/accounts/{id}/edit-request/{request_id}/screenshot',
  },
  onBundle('GET', '/videos/1/screenshot', () => videos(true, true)),
  onRequest('approve', 'in_review'),
  onRequest('request-changes', 'in_review', { feedback: 'Better.' }),
  onRequest('cancel', 'pending'),
  ...['/api/ext/accounts', '/api/ext/me', '/api/ext/countries', '/api/ext/platforms'].map((path): Route => ({
    method: 'GET',
    name: path,
    ready: () => Promise.resolve({ path }),
  })),
  {
    method: 'GET',
    name: '/api/ext/accounts/{id}',
    ready: async () => ({ path: `/api/ext/accounts/${await newAccount()}` }),
    foreign: 'SAVED_ACCOUNT_NOT_FOUND',
  },
  { method: 'GET', name: '/api/ext/credits/balance', ready: () => Promise.resolve({ path: '/api/ext/credits/balance' }) },
  { method: 'GET', name: '/api/ext/credits/history', ready: () => Promise.resolve({ path: '/api/ext/credits/history' }) },
  { method: 'GET', name: '/api/ext/credit-costs', ready: () => Promise.resolve({ path: '/api/ext/credit-costs' }) },
]

for (const { method, name, ready, foreign } of routes) {
  test(`${method} ${name}: keys, scopes, other teams, bad members, and once under one Idempotency-Key`, async () => {
    const { request, server, manager } = p()
    const { path, body } = await ready()
    const ask = (key: string, sent: unknown = body, headers: Record<string, string> = {}) =>
      request(method, path, sent, { 'x-api-key': key, ...headers })
    const expect = async (answer: ReturnType<typeof ask>, status: number, code: string) => {
      const { status: got, ...rest } = await answer
      assert.deepEqual([got, errorOf({ status: got, ...rest }).code], [status, code])
    }
    await expect(ask(''), 401, 'unauthorized')
    await expect(ask(manager.key), 403, 'insufficient_scope')
    const other = await testTeam(server.ctx, 'other of routes')
    if (foreign) await expect(ask(other.key), foreign === 'SAVED_ACCOUNT_NOT_OWNED' ? 403 : 404, foreign)
    if (method === 'GET') {
      assert.equal((await ask(server.key)).status, 200)
      return
    }
    const reader = await testTeam(server.ctx, 'test', 'read')
    await expect(ask(reader.key), 403, 'insufficient_scope')
    await expect(ask(server.key, { ...body, zzz: 1 }), 400, 'validation_error')
    const dry = await ask(server.key, body, { 'x-dry-run': 'true' })
    assert.equal((dry.body as Record<string, unknown>)['dry_run'], true)
    const key = { 'idempotency-key': path }
    const first = await ask(server.key, body, key)
    assert.ok(first.status < 300, JSON.stringify(first.body))
    const again = await ask(server.key, body, key)
    assert.deepEqual([again.status, again.body], [first.status, first.body])
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
  })
}
