import { accept } from '../../support/posts.ts'
import { newUsername } from '../../support/ready-profile.ts'
import { ok, postBody } from './client.ts'
import type { World } from './world.ts'

export interface RouteCase {
  /** What succeeds, made anew each time. */
  good: (world: World) => Promise<{ path: string; body?: unknown }> | { path: string; body?: unknown }
  status: number
  /** A body that is wrong in many ways, and every path that the 422 names, sorted. */
  bad?: { body: unknown; names: string[] }
  /** The path's id replaced by one of the other team's. */
  foreign?: (world: World) => Promise<string> | string
  /** Changes something: takes Idempotency-Key and X-Dry-Run. */
  write?: boolean
  /** Members that a dry run answers with null. */
  made?: string[]
  /** Asks for no key. */
  open?: boolean
}

const foreignProfile = ({ other }: World) => other.ready.id
const foreignPost = async ({ other }: World) => (await accept(other.team, other.ready)).id
const unknownMember = { body: { reason: 1 }, names: ['reason'] }
const profile = (suffix = '') => ({
  good: async (world: World) => ({ path: `/v1/farm-profiles/${await world.newProfile()}${suffix}` }),
  foreign: foreignProfile,
  status: 200,
})
const onPost = (suffix: string, ...events: Parameters<World['post']>) => ({
  good: async (world: World) => ({ path: `/v1/posts/${await world.post(...events)}${suffix}` }),
  foreign: foreignPost,
  status: 200,
})
const withBody =
  (one: Pick<RouteCase, 'good'>, body: unknown): RouteCase['good'] =>
  async (world) => ({ ...(await one.good(world)), body })

/** Every route of the farm and common families; test/api/every-route.test.ts holds it against /openapi.json. */
export const routes: Record<string, RouteCase> = {
  'POST /v1/farm-profiles': {
    good: () => ({ path: '/v1/farm-profiles', body: { username: newUsername(), email_auth_method: 'outlook' } }),
    bad: {
      body: { email_auth_method: 'yahoo', nick: 1, bio: 'x'.repeat(151) },
      names: ['bio', 'email_auth_method', 'nick', 'username'],
    },
    status: 201,
    write: true,
    made: ['profile_id', 'created_at'],
  },
  'GET /v1/farm-profiles': { good: () => ({ path: '/v1/farm-profiles' }), status: 200 },
  'GET /v1/farm-profiles/{profile_id}': profile(),
  'PATCH /v1/farm-profiles/{profile_id}': {
    ...profile(),
    good: withBody(profile(), { bio: 'Bread, every day.' }),
    bad: { body: { bio: 5, boi: 'x', profile_picture_url: '' }, names: ['bio', 'boi', 'profile_picture_url'] },
    write: true,
  },
  'DELETE /v1/farm-profiles/{profile_id}': { ...profile(), bad: unknownMember, write: true },
  'POST /v1/farm-profiles/{profile_id}/deactivate': { ...profile('/deactivate'), bad: unknownMember, write: true },
  'POST /v1/farm-profiles/{profile_id}/retry': {
    ...profile(),
    good: async (world) => ({ path: `/v1/farm-profiles/${await world.retryingProfile()}/retry` }),
    bad: unknownMember,
    write: true,
  },
  'GET /v1/farm-profiles/{profile_id}/timeline': profile('/timeline'),
  'PUT /v1/farm-profiles/{profile_id}/pacing': {
    ...profile(),
    good: withBody(profile('/pacing'), { max_per_day: 2, min_gap: '1h' }),
    bad: { body: { max_per_day: 0, gap: '1h' }, names: ['gap', 'max_per_day', 'min_gap'] },
    write: true,
  },
  'DELETE /v1/farm-profiles/{profile_id}/pacing': { ...profile('/pacing'), bad: unknownMember, write: true },
  'POST /v1/posts': {
    good: ({ ready }) => ({ path: '/v1/posts', body: postBody(ready.id) }),
    bad: {
      body: {
        ...postBody('no uuid', { media_type: 'film', media_url: 'ftp://x.example', title: '', execute_at: 5, caption: '' }),
        webhook_url: undefined,
      },
      names: ['caption', 'execute_at', 'media_type', 'media_url', 'profile_id', 'title', 'webhook_url'],
    },
    status: 202,
    write: true,
    made: ['task_id'],
  },
  'GET /v1/posts': { good: () => ({ path: '/v1/posts' }), status: 200 },
  'POST /v1/posts/bulk': {
    good: ({ ready }) => ({ path: '/v1/posts/bulk', body: { posts: [postBody(ready.id)] } }),
    bad: { body: { posts: [], more: 1 }, names: ['more', 'posts'] },
    status: 200,
    write: true,
  },
  'GET /v1/posts/{task_id}': onPost(''),
  'PATCH /v1/posts/{task_id}': {
    ...onPost(''),
    good: withBody(onPost(''), { title: 'Spelt' }),
    bad: {
      body: { title: 7, profile_id: 'x', media_url: 'http://x.example/a.mp4', webhook_url: 'x' },
      names: ['media_url', 'profile_id', 'title', 'webhook_url'],
    },
    write: true,
  },
  'POST /v1/posts/{task_id}/cancel': { ...onPost('/cancel'), bad: unknownMember, write: true },
  'POST /v1/posts/{task_id}/publish': {
    ...onPost('/publish', 'media_ready', 'began', 'draft_saved'),
    bad: unknownMember,
    write: true,
  },
  'POST /v1/posts/{task_id}/retry': { ...onPost('/retry', 'media_rejected'), bad: unknownMember, write: true },
  'POST /v1/posts/{task_id}/resolve': {
    ...onPost(''),
    good: withBody(onPost('/resolve', 'media_ready', 'began', 'unconfirmed'), { outcome: 'not_published' }),
    bad: { body: { outcome: 'perhaps', post_url: 5, note: '' }, names: ['note', 'outcome', 'post_url'] },
    write: true,
  },
  'GET /v1/tasks': { good: () => ({ path: '/v1/tasks' }), status: 200 },
  'GET /v1/tasks/{task_id}': {
    good: async (world) => ({ path: `/v1/tasks/${await world.post()}` }),
    foreign: foreignPost,
    status: 200,
  },
  'GET /v1/team': { good: () => ({ path: '/v1/team' }), status: 200 },
  'PATCH /v1/team': {
    good: () => ({ path: '/v1/team', body: { pacing: { max_per_day: null } } }),
    bad: {
      body: { warmup: { runs: -1, spam: '7d' }, pacing: { min_gap: 'x' }, name: 'x' },
      names: ['name', 'pacing.min_gap', 'warmup.runs', 'warmup.spam'],
    },
    status: 200,
    write: true,
  },
  'POST /v1/api-keys': {
    good: () => ({ path: '/v1/api-keys', body: { name: 'CI', scope: 'read' } }),
    bad: { body: { scope: 'work', name: '', expires_at: 'soon', team: 1 }, names: ['expires_at', 'name', 'scope', 'team'] },
    status: 201,
    write: true,
    made: ['api_key_id', 'hint', 'key'],
  },
  'GET /v1/api-keys': { good: () => ({ path: '/v1/api-keys' }), status: 200 },
  'DELETE /v1/api-keys/{api_key_id}': {
    good: async ({ ask }) => ({ path: `/v1/api-keys/${String(ok(await ask('POST', '/v1/api-keys', {}), 201)['api_key_id'])}` }),
    foreign: async ({ ask, other }) =>
      String(ok(await ask('POST', '/v1/api-keys', {}, { 'x-api-key': other.team.key }), 201)['api_key_id']),
    bad: unknownMember,
    status: 200,
    write: true,
  },
  'POST /v1/media/inspect': {
    good: ({ media }) => ({ path: '/v1/media/inspect', body: { media_url: media.url('sample.mp4'), media_type: 'video' } }),
    bad: { body: { media_type: 'film', url: 'x' }, names: ['media_type', 'media_url', 'url'] },
    status: 200,
  },
  'POST /v1/sandbox/faults': {
    good: () => ({ path: '/v1/sandbox/faults', body: { call: 'upload', fault: 'refuse' } }),
    bad: {
      body: { call: 'sing', fault: 'x', times: 0, profile_id: 'x', n: 1 },
      names: ['call', 'fault', 'n', 'profile_id', 'times'],
    },
    status: 201,
    write: true,
    made: ['fault_id'],
  },
  'GET /v1/sandbox/faults': { good: () => ({ path: '/v1/sandbox/faults' }), status: 200 },
  'DELETE /v1/sandbox/faults': {
    good: () => ({ path: '/v1/sandbox/faults' }),
    bad: unknownMember,
    status: 200,
    write: true,
  },
  'GET /healthz': { good: () => ({ path: '/healthz' }), status: 200, open: true },
  // Nothing works here, and /readyz says so.
  'GET /readyz': { good: () => ({ path: '/readyz' }), status: 503, open: true },
}

/** Routes whose bodies are no JSON, with tests of their own. */
export const notJson = ['POST /v1/media']
