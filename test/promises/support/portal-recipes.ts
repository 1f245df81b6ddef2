import { Readable } from 'node:stream'
import { grant } from '../../../src/domain/credits/grant.ts'
import { pictureIn } from '../../../src/domain/media/picture-in.ts'
import { keepPicture } from '../../../src/domain/media/picture.ts'
import { mediaUrl } from '../../../src/domain/profiles/details.ts'
import { picture } from '../../media/pictures.ts'
import { dataOf, editBody, newBundle, savedAccount } from '../../api/portal/support.ts'
import { standingClock } from '../../support/clock.ts'
import type { TestCroft, TestTeam } from '../../support/croft.ts'
import { newUsername } from '../../support/ready-profile.ts'
import { carryWork, managerOf } from './work-recipes.ts'
import type { Make } from './world.ts'

type Body = Record<string, unknown>

const ask = async (croft: TestCroft, team: TestTeam, method: string, path: string, body?: Body) =>
  dataOf(await croft.request(method, path, body, { 'x-api-key': team.key }))

/** The address of a picture that the team has uploaded: it is read without a request. */
async function ownPicture({ ctx }: TestCroft, team: TestTeam): Promise<string> {
  const { hash } = await ctx.store.put(Readable.from([await picture('png', 64, 64)]), { maxBytes: ctx.limits.pictureBytes })
  const kept = await pictureIn(ctx, team.id, hash, 'file')
  return team.unit.commit(async (tx) => {
    const id = await keepPicture(tx, kept)
    const { token } = await tx.trx.selectFrom('media').select('token').where('id', '=', id).executeTakeFirstOrThrow()
    return mediaUrl(ctx, token)
  })
}

const accountBody = async (croft: TestCroft, team: TestTeam): Promise<Body> => ({
  username: newUsername(),
  visible_name: 'Street Style NYC',
  biography: 'Daily street fashion from New York City.',
  profile_picture_url: await ownPicture(croft, team),
})

const videoBody = (): Body => ({
  media_type: 'video',
  media_url: 'https://media.example.com/a.mp4',
  target_publish_date: new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10),
})

async function order(croft: TestCroft, team: TestTeam, body: Body): Promise<string> {
  await grant(team.unit, 100)
  return String((await ask(croft, team, 'POST', '/api/ext/bundles', body))['id'])
}

/** A bundle with every part, for what reads it. */
export const wholeBundle = (croft: TestCroft, team: TestTeam): Promise<string> => order(croft, team, newBundle.account_and_videos)

const workOf = async ({ ctx }: TestCroft, column: 'bundle_id' | 'edit_request_id', id: string): Promise<string> =>
  (await ctx.db.selectFrom('work_items').select('id').where(column, '=', id).executeTakeFirstOrThrow()).id

const stages = ['ordered', 'configured', 'published', 'in_review', 'finalized'] as const
type Stage = (typeof stages)[number]

/** A bundle of an account alone, led to a stage. */
async function bundleIn(croft: TestCroft, team: TestTeam, stage: Stage): Promise<Record<string, string>> {
  const id = await order(croft, team, newBundle.account_only)
  const path = `/api/ext/bundles/${id}`
  const ways: Record<Stage, () => Promise<unknown>> = {
    ordered: () => Promise.resolve(),
    configured: async () => ask(croft, team, 'PUT', `${path}/account`, await accountBody(croft, team)),
    published: () => ask(croft, team, 'POST', `${path}/publish`),
    in_review: async () => carryWork(croft, team, await workOf(croft, 'bundle_id', id), ['start'], ['submit']),
    finalized: () => ask(croft, team, 'POST', `${path}/account/finalize`),
  }
  for (const each of stages.slice(0, stages.indexOf(stage) + 1)) await ways[each]()
  return { id }
}

const accountOf = async (croft: TestCroft, team: TestTeam): Promise<string> =>
  savedAccount({ ...croft, clock: standingClock() }, (await managerOf(croft, team)).id, { team })

/** A bundle of one video, ordered or handed in. */
async function videoIn(croft: TestCroft, team: TestTeam, handedIn: boolean): Promise<Record<string, string>> {
  const account = await accountOf(croft, team)
  const id = await order(croft, team, { bundle_type: 'videos_only', videos_quantity: 1, account_id: account })
  if (handedIn) {
    await ask(croft, team, 'PUT', `/api/ext/bundles/${id}/videos/1`, videoBody())
    // As if a worker had looked at it.
    await croft.ctx.db.updateTable('video_slots').set({ media_checked_at: new Date() }).where('bundle_id', '=', id).execute()
    await ask(croft, team, 'POST', `/api/ext/bundles/${id}/publish`)
    const post_url = 'https://www.tiktok.com/@street/video/1'
    await carryWork(croft, team, await workOf(croft, 'bundle_id', id), ['start'], ['submit', { post_url }])
  }
  return { id, position: '1' }
}

async function editRequest(croft: TestCroft, team: TestTeam, handedIn: boolean): Promise<Record<string, string>> {
  await grant(team.unit, 8)
  const id = await accountOf(croft, team)
  const made = await ask(croft, team, 'POST', `/api/ext/accounts/${id}/edit-request`, editBody())
  const request_id = String(made['edit_request_id'])
  if (handedIn) await carryWork(croft, team, await workOf(croft, 'edit_request_id', request_id), ['start'], ['submit'])
  return { id, request_id }
}

/** The routes of the portal family. */
export const portalRecipes: Record<string, Make> = {
  'POST /api/ext/bundles': async (_, team) => {
    await grant(team.unit, 40)
    return { body: newBundle.account_only, audits: 2 }
  },
  'PUT /api/ext/bundles/{id}/account': async (croft, team) => ({
    params: await bundleIn(croft, team, 'ordered'),
    body: await accountBody(croft, team),
  }),
  'POST /api/ext/bundles/{id}/publish': async (croft, team) => ({ params: await bundleIn(croft, team, 'configured') }),
  'POST /api/ext/bundles/{id}/unpublish': async (croft, team) => ({ params: await bundleIn(croft, team, 'published') }),
  'POST /api/ext/bundles/{id}/cancel': async (croft, team) => ({ params: await bundleIn(croft, team, 'published'), audits: 2 }),
  'POST /api/ext/bundles/{id}/close': async (croft, team) => ({ params: await bundleIn(croft, team, 'finalized') }),
  'POST /api/ext/bundles/{id}/account/finalize': async (croft, team) => ({
    params: await bundleIn(croft, team, 'in_review'),
    audits: 2,
  }),
  'POST /api/ext/bundles/{id}/account/corrections': async (croft, team) => ({
    params: await bundleIn(croft, team, 'in_review'),
    body: { comment: 'The picture is dark.' },
  }),
  'PUT /api/ext/bundles/{id}/videos/{position}': async (croft, team) => ({
    params: await videoIn(croft, team, false),
    body: videoBody(),
  }),
  'POST /api/ext/bundles/{id}/videos/{position}/corrections': async (croft, team) => ({
    params: await videoIn(croft, team, true),
    body: { comment: 'Too dark.' },
  }),
  'POST /api/ext/bundles/{id}/videos/{position}/finalize': async (croft, team) => ({ params: await videoIn(croft, team, true) }),
  'POST /api/ext/accounts/{id}/edit-request': async (croft, team) => {
    await grant(team.unit, 8)
    return { params: { id: await accountOf(croft, team) }, body: editBody(), audits: 2 }
  },
  'POST /api/ext/accounts/{id}/edit-request/{request_id}/approve': async (croft, team) => ({
    params: await editRequest(croft, team, true),
    audits: 2,
  }),
  'POST /api/ext/accounts/{id}/edit-request/{request_id}/cancel': async (croft, team) => ({
    params: await editRequest(croft, team, false),
    audits: 2,
  }),
  'POST /api/ext/accounts/{id}/edit-request/{request_id}/request-changes': async (croft, team) => ({
    params: await editRequest(croft, team, true),
    body: { feedback: 'The picture is dark.' },
  }),
}
