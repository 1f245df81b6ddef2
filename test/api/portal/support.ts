import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before } from 'node:test'
import { grant } from '../../../src/domain/credits/grant.ts'
import { videoMedia } from '../../../src/domain/bundles/check-video.ts'
import { claimRows } from '../../../src/domain/media/media-rows.ts'
import { openPreparation } from '../../../src/domain/media/prepare.ts'
import { openOrder } from '../../../src/domain/orders/order.ts'
import { newId } from '../../../src/lib/ids.ts'
import { picture } from '../../media/pictures.ts'
import type { TestAnswer, TestTeam } from '../../support/croft.ts'
import { newUsername } from '../../support/ready-profile.ts'
import { bodyOf, evidence, scene, testManager, type TestManager } from '../../people/support.ts'

export { bodyOf, errorOf, fallSilent, testManager, type TestManager } from '../../people/support.ts'

/** A server of one picture at every path but `/gone`, as the seed pages' hosts would be. */
export async function pictureServer(): Promise<{ url: (path?: string) => string; stop: () => Promise<void> }> {
  const bytes = await picture('png', 64, 64)
  const server = createServer((request, response) => {
    if (request.url === '/gone') response.writeHead(404).end()
    else if (request.url === '/text') response.writeHead(200, { 'content-type': 'text/plain' }).end('no picture')
    else response.writeHead(200, { 'content-type': 'image/png' }).end(bytes)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: (path = '/profiles/streetstyle.png') => `http://127.0.0.1:${port}${path}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const dataOf = (answer: TestAnswer): Record<string, unknown> => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body))
  return bodyOf(answer)['data'] as Record<string, unknown>
}
export const rowsOf = (answer: TestAnswer): Record<string, unknown>[] => dataOf(answer) as unknown as Record<string, unknown>[]

type Server = Awaited<ReturnType<typeof scene>>

/** Makes the last try at a video's media, as a worker would. */
export async function checkVideo({ ctx, team }: Pick<Server, 'ctx' | 'team'>, bundleId: string, position: number): Promise<void> {
  const slot = { team_id: team.id, bundle_id: bundleId, position }
  await ctx.db
    .updateTable('video_slots')
    .set({ prepare_at: ctx.clock.now(), prepare_tries: 9 })
    .where('team_id', '=', team.id)
    .where('bundle_id', '=', bundleId)
    .where('position', '=', position)
    .execute()
  for (const row of await claimRows(ctx, videoMedia, [slot]))
    await openPreparation(ctx, videoMedia)(row, new AbortController().signal)
}

export const newBundle = {
  account_only: { bundle_type: 'account_only', platform: 'tiktok', country: 'US', owner: 'Street Style Ltd' },
  account_and_videos: {
    bundle_type: 'account_and_videos',
    platform: 'instagram',
    country: 'FR',
    owner: 'Café Paris',
    videos_quantity: 2,
  },
} as const

/** What the tests do with one server and one manager. */
function steps(server: Server, manager: TestManager, pictures: { url: (path?: string) => string }) {
  const { request } = server
  const act = async (id: string, path: string, body?: unknown) =>
    dataOf(await request('POST', `/api/ext/bundles/${id}/${path}`, body))
  const self = {
    server,
    manager,
    pictures,
    request,
    grant: (amount: number, team: TestTeam = server.team) => grant(team.unit, amount),
    balance: async (): Promise<number> => dataOf(await request('GET', '/api/ext/credits/balance'))['total_credits'] as number,
    order: async (body: Record<string, unknown> = newBundle.account_only): Promise<string> => {
      await self.grant(100)
      return dataOf(await request('POST', '/api/ext/bundles', body))['id'] as string
    },
    account: (over: Record<string, unknown> = {}) => ({
      username: newUsername(),
      visible_name: 'Street Style NYC',
      biography: 'Daily street fashion from New York City.',
      profile_picture_url: pictures.url(),
      ...over,
    }),
    configure: (id: string, over: Record<string, unknown> = {}, headers?: Record<string, string>) =>
      request('PUT', `/api/ext/bundles/${id}/account`, self.account(over), headers),
    act,
    get: async (id: string) => dataOf(await request('GET', `/api/ext/bundles/${id}`)),
    /** The living work of a bundle, or of an edit request, of that kind. */
    work: async (where: { bundle?: string; request?: string }, kind: string, position: number | null = null): Promise<string> => {
      let query = server.ctx.db
        .selectFrom('work_items')
        .select('id')
        .where('kind', '=', kind as 'video')
      query = query.where('status', 'not in', ['done', 'canceled']).where('position', 'is not distinct from', position)
      if (where.bundle) query = query.where('bundle_id', '=', where.bundle)
      if (where.request) query = query.where('edit_request_id', '=', where.request)
      return (await query.executeTakeFirstOrThrow()).id
    },
    /** The screenshot that the work's brief asks for, where it does. */
    evidence: async (id: string): Promise<{ values?: object }> => {
      const { kind } = await server.ctx.db.selectFrom('work_items').select('kind').where('id', '=', id).executeTakeFirstOrThrow()
      return kind === 'account_setup' || kind === 'edit_request' ? evidence(server, manager, id) : {}
    },
    doWork: async (id: string, verb: string, body?: unknown): Promise<Record<string, unknown>> => {
      const given = body as { values?: object } | undefined
      const shown = verb === 'submit' ? await self.evidence(id) : {}
      const values = shown.values || given?.values ? { values: { ...shown.values, ...given?.values } } : {}
      const sent = verb === 'submit' ? { ...shown, ...given, ...values } : body
      const answer = await manager.request('POST', `/v1/work/${id}/${verb}`, sent)
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
      return bodyOf(answer)
    },
    published: async (body?: Record<string, unknown>): Promise<string> => {
      const id = await self.order(body)
      dataOf(await self.configure(id))
      await act(id, 'publish')
      return id
    },
    inReview: async (body?: Record<string, unknown>): Promise<string> => {
      const id = await self.published(body)
      const work = await self.work({ bundle: id }, 'account_setup')
      await self.doWork(work, 'start')
      await self.doWork(work, 'submit', { values: { phone_name: 'Rack 1' } })
      return id
    },
    /** The id of an account that was set up, reviewed and delivered. */
    delivered: async () => (await act(await self.inReview(), 'account/finalize'))['account_id'] as string,
    edit: (account: string, over: Record<string, unknown> = {}, headers?: Record<string, string>) =>
      request('POST', `/api/ext/accounts/${account}/edit-request`, { ...editBody(), ...over }, headers),
  }
  return self
}

export const editBody = () => ({ requested_username: newUsername(), requested_visible_name: 'New Display Name' })

/** An account with an active order, without the way to it. */
export const savedAccount = (
  server: Server,
  managerId: string | null,
  options: { team?: TestTeam; platform?: 'tiktok' | 'instagram' } = {},
): Promise<string> => accountWithOrder(options.team ?? server.team, managerId, options.platform ?? 'tiktok')

/** As {@link savedAccount}, of any server's team. */
export function accountWithOrder(team: TestTeam, managerId: string | null, platform: 'tiktok' | 'instagram'): Promise<string> {
  return team.unit.commit(async (tx) => {
    const username = newUsername()
    const row = await tx.trx
      .insertInto('profiles')
      .values({
        team_id: team.id,
        id: newId(),
        platform,
        driver: 'operator',
        profile_name: username,
        username,
        display_name: username,
        email_auth_method: 'google',
        status: 'cold',
        provisioned_at: tx.now,
        created_at: tx.now,
        updated_at: tx.now,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    if (managerId !== null) await openOrder(tx, { profileId: row.id, managerId, bundleId: newId() })
    return row.id
  })
}

export type Portal = ReturnType<typeof steps>

/** One server, manager and picture server for a test file. */
export function portal(): () => Portal {
  let made: { steps: Portal; stop: () => Promise<void> } | undefined
  before(async () => {
    const server = await scene()
    const manager = await testManager(server, server.team)
    const pictures = await pictureServer()
    made = {
      steps: steps(server, manager, pictures),
      async stop() {
        await server.stop()
        await pictures.stop()
      },
    }
  })
  after(() => made?.stop())
  return () => {
    assert.ok(made)
    return made.steps
  }
}
