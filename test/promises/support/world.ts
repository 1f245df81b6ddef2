import { createEndpoint } from '../../../src/domain/webhooks/create-endpoint.ts'
import { createKey } from '../../../src/domain/keys/keys.ts'
import { createProfile } from '../../../src/domain/profiles/create.ts'
import { sendTest } from '../../../src/domain/webhooks/redeliver.ts'
import type { PostStatus, ProfileStatus } from '../../../src/db/schema.ts'
import { newId } from '../../../src/lib/ids.ts'
import type { TestCroft, TestTeam } from '../../support/croft.ts'
import { accept } from '../../support/posts.ts'
import { newUsername, readyProfile } from '../../support/ready-profile.ts'
import { nameOf, type Operation } from './openapi.ts'
import { portalRecipes, wholeBundle } from './portal-recipes.ts'
import { keyFor, workRecipes } from './work-recipes.ts'

/** The parameters and the body that make a write succeed once. */
export interface Recipe {
  params: Record<string, string>
  body: Record<string, unknown>
  /** Of an upload: the file. */
  file?: Uint8Array
  /** How many audit rows it leaves; one, where it does not move credits or take another step with it. */
  audits?: number
}

export type Make = (croft: TestCroft, team: TestTeam) => Promise<Partial<Recipe>>

const url = 'https://hooks.example.com/croft'

const postIn = async (croft: TestCroft, team: TestTeam, status: PostStatus): Promise<Record<string, string>> => {
  const { ctx } = croft
  const post = await accept(team, await readyProfile(ctx, team))
  const draft = status === 'draft_saved' ? { platform_post_id: '7' } : {}
  await ctx.db
    .updateTable('posts')
    .set({ status, ...draft })
    .where('id', '=', post.id)
    .execute()
  const task =
    status === 'preparing' ? 'pending' : status === 'unconfirmed' ? 'unconfirmed' : status === 'failed' ? 'failed' : 'done'
  await ctx.db.updateTable('tasks').set({ status: task }).where('id', '=', post.id).execute()
  return { task_id: post.id }
}

const profileIn = async (croft: TestCroft, team: TestTeam, status?: ProfileStatus): Promise<Record<string, string>> => {
  const { row } = await createProfile(team.unit, { username: newUsername(), emailAuthMethod: 'google', platform: 'tiktok' })
  if (status) await croft.ctx.db.updateTable('profiles').set({ status }).where('id', '=', row.id).execute()
  return { profile_id: row.id }
}

const endpointOf = async (team: TestTeam) => ({
  endpoint_id: (await createEndpoint(team.unit, { url, events: null, description: null })).row.id,
})

/** What reads ask for and no write makes, or makes without every part. */
export async function readable(croft: TestCroft, team: TestTeam): Promise<Record<string, string>> {
  const phone = { team_id: team.id, id: newId(), name: 'Shelf 1', driver: 'sandbox' }
  await team.unit.commit(async (tx) => {
    await tx.trx
      .insertInto('phones')
      .values({ ...phone, created_at: tx.now })
      .execute()
  })
  return { phone_id: phone.id, '/api/ext/bundles/{id}': await wholeBundle(croft, team) }
}

/** What stands behind each parameter, and what a body must name, by route; a write route without one fails the tests. */
const recipes: Record<string, Make> = {
  ...portalRecipes,
  ...workRecipes,
  'PATCH /v1/accounts/{accountId}/profile': async (croft, team) => ({
    params: { accountId: (await readyProfile(croft.ctx, team)).id },
    body: { platform: 'tiktok', bio: 'Rye' },
  }),
  'POST /v1/farm-profiles': () => Promise.resolve({ body: { username: newUsername(), email_auth_method: 'google' } }),
  'PATCH /v1/farm-profiles/{profile_id}': async (croft, team) => ({ params: await profileIn(croft, team), body: { bio: 'Rye' } }),
  'DELETE /v1/farm-profiles/{profile_id}': async (croft, team) => ({ params: await profileIn(croft, team), audits: 2 }),
  'DELETE /v1/accounts/{accountId}': async (croft, team) => ({
    params: { accountId: (await readyProfile(croft.ctx, team)).id },
    audits: 2,
  }),
  'POST /v1/farm-profiles/{profile_id}/deactivate': async (croft, team) => ({ params: await profileIn(croft, team) }),
  'POST /v1/farm-profiles/{profile_id}/retry': async (croft, team) => ({ params: await profileIn(croft, team, 'retrying') }),
  'PUT /v1/farm-profiles/{profile_id}/pacing': async (croft, team) => ({
    params: await profileIn(croft, team),
    body: { max_per_day: 3, min_gap: '1h' },
  }),
  'DELETE /v1/farm-profiles/{profile_id}/pacing': async (croft, team) => ({ params: await profileIn(croft, team) }),
  'POST /v1/posts': async (croft, team) => ({
    body: {
      profile_id: (await readyProfile(croft.ctx, team)).id,
      media_type: 'video',
      media_url: url,
      webhook_url: url,
      title: 'Rye',
    },
  }),
  'POST /v1/posts/video': async (croft, team) => ({
    body: { accountIds: [(await readyProfile(croft.ctx, team)).id], contentUrl: url },
  }),
  'POST /v1/posts/slideshow': async (croft, team) => ({
    body: { accountIds: [(await readyProfile(croft.ctx, team)).id], contentUrls: [url] },
  }),
  'POST /v1/posts/bulk': async (croft, team) => ({
    body: {
      posts: [
        {
          profile_id: (await readyProfile(croft.ctx, team)).id,
          media_type: 'video',
          media_url: url,
          webhook_url: url,
          title: 'Rye',
          sound_id: '7',
        },
      ],
    },
  }),
  'PATCH /v1/posts/{task_id}': async (croft, team) => ({
    params: await postIn(croft, team, 'preparing'),
    body: { title: 'Oats' },
  }),
  'POST /v1/posts/{task_id}/cancel': async (croft, team) => ({ params: await postIn(croft, team, 'preparing') }),
  'POST /v1/posts/{task_id}/publish': async (croft, team) => ({ params: await postIn(croft, team, 'draft_saved') }),
  'POST /v1/posts/{task_id}/retry': async (croft, team) => ({ params: await postIn(croft, team, 'failed') }),
  'POST /v1/posts/{task_id}/resolve': async (croft, team) => ({
    params: await postIn(croft, team, 'unconfirmed'),
    body: { outcome: 'not_published' },
  }),
  'PATCH /v1/team': () => Promise.resolve({ body: { warmup: { runs: 3 } } }),
  'POST /v1/api-keys': () => Promise.resolve({ body: { name: 'night shift' } }),
  'DELETE /v1/api-keys/{api_key_id}': async (_, team) => ({
    params: { api_key_id: (await createKey(team.unit, { name: null, scope: 'read', expiresAt: null })).row.id },
  }),
  'POST /v1/sandbox/faults': () => Promise.resolve({ body: { call: 'publish', fault: 'refuse' } }),
  'DELETE /v1/sandbox/faults': () => Promise.resolve({}),
  'POST /v1/media': () => Promise.resolve({}),
  'POST /v1/webhook-endpoints': () => Promise.resolve({ body: { url } }),
  'PATCH /v1/webhook-endpoints/{endpoint_id}': async (_, team) => ({
    params: await endpointOf(team),
    body: { description: 'x' },
  }),
  'DELETE /v1/webhook-endpoints/{endpoint_id}': async (_, team) => ({ params: await endpointOf(team) }),
  'POST /v1/webhook-endpoints/{endpoint_id}/rotate-secret': async (_, team) => ({ params: await endpointOf(team) }),
  'POST /v1/webhook-endpoints/{endpoint_id}/test': async (_, team) => ({ params: await endpointOf(team) }),
  'POST /v1/webhook-endpoints/{endpoint_id}/redeliver': async (_, team) => ({
    params: await endpointOf(team),
    body: { since: '2026-01-01T00:00:00Z' },
  }),
  'POST /v1/webhook-deliveries/{delivery_id}/redeliver': async (_, team) => ({
    params: { delivery_id: (await sendTest(team.unit, (await endpointOf(team)).endpoint_id)).id },
  }),
}

/** Makes what a write route needs, and says which key it asks for. @throws Error where no one has said what that is */
export async function prepareWrite(croft: TestCroft, team: TestTeam, one: Operation): Promise<Recipe & { key: string }> {
  const make = recipes[nameOf(one)]
  if (!make) throw new Error(`test/promises/support/world.ts does not say how to call ${nameOf(one)}; add a recipe`)
  const key = await keyFor(croft, team, one)
  return { params: {}, body: {}, ...(await make(croft, team)), key }
}
