import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { grant } from '../../src/domain/credits/grant.ts'
import { debitCredits } from '../../src/domain/credits/ledger.ts'
import { createBundle } from '../../src/domain/bundles/create.ts'
import { lockBundle } from '../../src/domain/bundles/get.ts'
import { moveBundle } from '../../src/domain/bundles/move.ts'
import { createEditRequest } from '../../src/domain/edit-requests/create.ts'
import { lockRequest } from '../../src/domain/edit-requests/get.ts'
import { moveRequest } from '../../src/domain/edit-requests/move.ts'
import { addManager } from '../../src/people/managers.ts'
import { lockPost } from '../../src/domain/posts/get.ts'
import { movePost } from '../../src/domain/posts/move.ts'
import { createProfile } from '../../src/domain/profiles/create.ts'
import { lockProfile } from '../../src/domain/profiles/get.ts'
import { moveProfile } from '../../src/domain/profiles/move.ts'
import { startCourier, type Courier } from '../../src/domain/webhooks/courier.ts'
import type { Tx } from '../../src/kernel/unit-of-work.ts'
import { accountWithOrder } from '../api/portal/support.ts'
import { testCroft, testTeam, type TestCroft, type TestTeam } from '../support/croft.ts'
import { accept } from '../support/posts.ts'
import { newUsername, readyProfile } from '../support/ready-profile.ts'
import { until } from '../support/wait.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { allTold, writeCrossing } from './support/crossing.ts'
import { register } from './support/endpoints.ts'
import { openStream } from './support/sse.ts'

let croft: TestCroft
let receiver: WebhookReceiver
let courier: Courier
before(async () => {
  croft = await testCroft({ work: false })
  receiver = await startWebhookReceiver()
  courier = startCourier(croft.ctx)
})
after(async () => {
  await courier.stop(1_000)
  await croft.stop()
  await receiver.stop()
})

const writers = 50
type Change = (tx: Tx, n: number) => Promise<unknown>
interface Told {
  event_id: string
  type: string
  data: Record<string, unknown>
}

/** Makes the row of a team that all writers change. */
const kinds: Record<string, (team: TestTeam) => Promise<Change>> = {
  credits: async (team) => {
    await grant(team.unit, 1_000)
    return (tx, n) => debitCredits(tx, 1, `writer ${n}`)
  },
  profile: async ({ id, unit }) => {
    const { row } = await createProfile(unit, { username: newUsername(), emailAuthMethod: 'google', platform: 'tiktok' })
    return async (tx, n) => {
      const profile = await lockProfile(tx.trx, id, row.id)
      const event = profile.status === 'configuring' ? 'set_up_failed' : 'set_up_resumed'
      return moveProfile(tx, profile, event, `writer ${n}`)
    }
  },
  post: async (team) => {
    const { id } = await accept(team, await readyProfile(croft.ctx, team))
    return async (tx, n) => {
      const found = await lockPost(tx.trx, team.id, id)
      const post = found.status === 'failed' ? await movePost(tx, found, 'retried', 'Once more.') : found
      return movePost(tx, post, 'media_rejected', `writer ${n}`)
    }
  },
  bundle: async ({ unit }) => {
    await grant(unit, 1_000)
    const { bundle: made } = await createBundle(unit, {
      bundleType: 'account_only',
      platform: 'tiktok',
      country: 'US',
      owner: 'Street Style Ltd',
      title: null,
      videosQuantity: null,
      accountId: null,
      nicheWarming: false,
      autoFinalizeVideos: false,
      externalRef: null,
    })
    await unit.commit(async (tx) => moveBundle(tx, await lockBundle(tx, made.id), 'configured'))
    return async (tx) => {
      const bundle = await lockBundle(tx, made.id)
      return moveBundle(tx, bundle, bundle.status === 'published' ? 'unpublished' : 'published')
    }
  },
  edit_request: async (team) => {
    await grant(team.unit, 1_000)
    const { managerId } = await addManager(team.unit, 'Someone')
    const account = await accountWithOrder(team, managerId, 'tiktok')
    const values = { username: newUsername(), visibleName: 'New Display Name' }
    const { request } = await createEditRequest(team.unit, account, values, [])
    return async (tx, n) => {
      const before = await lockRequest(tx, account, request.id)
      return before.status === 'pending'
        ? moveRequest(tx, before, 'started')
        : moveRequest(tx, before, 'given_back', { feedback: `writer ${n}` })
    }
  },
}

/** What the events say of the row fits from one to the next. */
function requireChained(kind: string, events: readonly Told[]): void {
  const states = events.map(({ type, data }) => data['balance_after'] ?? data['to'] ?? data['status'] ?? type)
  for (const [index, state] of states.entries()) {
    const before = states[index - 1]
    if (before === undefined) continue
    if (kind === 'credits') assert.equal(state, Number(before) - 1)
    else if (kind !== 'post') assert.notEqual(state, before, `${kind} ${index}: each change follows from the one before`)
  }
}

async function page(team: TestTeam, from: string): Promise<Told[]> {
  const { status, body } = await croft.request('GET', `/v1/events?limit=100&after=${from}`, undefined, { 'x-api-key': team.key })
  assert.equal(status, 200)
  return (body as { items: Told[] }).items
}

/** The team's newest event once readers see it. */
const newestOf = (team: TestTeam): Promise<string> =>
  until(async () => {
    const { body } = await croft.request('GET', '/v1/events?limit=100', undefined, { 'x-api-key': team.key })
    const told = (body as { items: Told[] }).items.at(-1)?.event_id
    const written = croft.ctx.db.selectFrom('events').select('id').where('team_id', '=', team.id)
    return told === (await written.orderBy('seq', 'desc').executeTakeFirstOrThrow()).id ? told : null
  })

for (const [kind, make] of Object.entries(kinds))
  test(`${writers} writers at once of one ${kind}: list, stream and webhooks tell what happened in the order in which it did`, async () => {
    const team = await testTeam(croft.ctx, kind)
    const change = await make(team)
    await team.unit.commit((tx) => change(tx, -1))
    const from = await newestOf(team)
    await register(croft, team.key, receiver.url(`/${kind}`))
    const live = await openStream(`${croft.address}/v1/events/stream`, { 'x-api-key': team.key })
    const happened = await writeCrossing(team.unit, writers, change)
    assert.ok(happened.length >= writers)
    const ids = (events: readonly Told[]) => events.map((event) => event.event_id)
    const listed: Told[] = []
    await allTold(
      async () => {
        listed.push(...(await page(team, listed.at(-1)?.event_id ?? from)))
        return ids(listed)
      },
      happened,
      'the list',
    )
    assert.deepEqual(ids(listed), happened, 'the list')
    requireChained(kind, listed)
    const streamed = () => live.messages.map((message) => message.id)
    assert.deepEqual(await allTold(streamed, happened, 'the stream'), happened, 'the stream')
    live.close()
    const replayed = await openStream(`${croft.address}/v1/events/stream?after=${from}`, { 'x-api-key': team.key })
    const again = () => replayed.messages.map((message) => message.id)
    assert.deepEqual(await allTold(again, happened, 'the stream, replayed'), happened, 'the stream, replayed')
    replayed.close()
    const received = () =>
      receiver.received.filter(({ path }) => path === `/${kind}`).map(({ headers }) => String(headers['webhook-id']).slice(4))
    assert.deepEqual(await allTold(received, happened, 'the webhooks'), happened, 'the webhooks')
  })
