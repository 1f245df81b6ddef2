import { newId } from '../../../src/lib/ids.ts'
import { ok } from './client.ts'
import type { RouteCase } from './routes.ts'
import type { World } from './world.ts'

const hook = { url: 'https://hooks.example.com/croft' }

const made = new Map<string, string[]>()

/** A team may have only so many, so old ones go. */
async function endpoint({ ask, croft }: World, key = croft.key): Promise<string> {
  const headers = { 'x-api-key': key }
  const own = made.get(key) ?? []
  made.set(key, own)
  const oldest = own.length > 20 ? own.shift() : undefined
  if (oldest !== undefined) await ask('DELETE', `/v1/webhook-endpoints/${oldest}`, undefined, headers)
  const id = String(ok(await ask('POST', '/v1/webhook-endpoints', hook, headers), 201)['endpoint_id'])
  own.push(id)
  return id
}

async function delivery(world: World, key?: string): Promise<string> {
  const headers = key === undefined ? {} : { 'x-api-key': key }
  const path = `/v1/webhook-endpoints/${await endpoint(world, key)}/test`
  return String(ok(await world.ask('POST', path, undefined, headers), 202)['delivery_id'])
}

async function phone({ croft }: World, teamId: string): Promise<string> {
  const row = { team_id: teamId, id: newId(), name: 'A phone', driver: 'operator', created_at: new Date() }
  await croft.ctx.db.insertInto('phones').values(row).execute()
  return row.id
}

const onEndpoint = (suffix = '', body?: unknown) => ({
  good: async (world: World) => ({
    path: `/v1/webhook-endpoints/${await endpoint(world)}${suffix}`,
    ...(body === undefined ? {} : { body }),
  }),
  foreign: (world: World) => endpoint(world, world.other.team.key),
})
const onDelivery = (suffix = '') => ({
  good: async (world: World) => ({ path: `/v1/webhook-deliveries/${await delivery(world)}${suffix}` }),
  foreign: (world: World) => delivery(world, world.other.team.key),
})
const listed = (path: string): RouteCase => ({ good: () => ({ path }), status: 200 })
const unknownMember = { body: { reason: 1 }, names: ['reason'] }

/** Events, webhooks, audit and phones. */
export const webhookRoutes: Record<string, RouteCase> = {
  'GET /v1/events': listed('/v1/events'),
  'GET /v1/audit': listed('/v1/audit'),
  'GET /v1/phones': listed('/v1/phones'),
  'GET /v1/phones/{phone_id}': {
    good: async (world) => ({ path: `/v1/phones/${await phone(world, world.croft.team.id)}` }),
    foreign: (world) => phone(world, world.other.team.id),
    status: 200,
  },
  'POST /v1/webhook-endpoints': {
    good: () => ({ path: '/v1/webhook-endpoints', body: { ...hook, events: ['post.published'] } }),
    bad: { body: { url: '', events: [], secret: 'x' }, names: ['events', 'secret', 'url'] },
    status: 201,
    write: true,
    made: ['endpoint_id', 'secret'],
  },
  'GET /v1/webhook-endpoints': listed('/v1/webhook-endpoints'),
  'GET /v1/webhook-endpoints/{endpoint_id}': { ...onEndpoint(), status: 200 },
  'PATCH /v1/webhook-endpoints/{endpoint_id}': {
    ...onEndpoint('', { description: 'The other one' }),
    bad: { body: { enabled: 'yes', events: 'all', sekret: 1 }, names: ['enabled', 'events', 'sekret'] },
    status: 200,
    write: true,
  },
  'DELETE /v1/webhook-endpoints/{endpoint_id}': { ...onEndpoint(), bad: unknownMember, status: 200, write: true },
  'POST /v1/webhook-endpoints/{endpoint_id}/rotate-secret': {
    ...onEndpoint('/rotate-secret'),
    bad: unknownMember,
    status: 200,
    write: true,
    made: ['secret'],
  },
  'POST /v1/webhook-endpoints/{endpoint_id}/test': {
    ...onEndpoint('/test'),
    bad: unknownMember,
    status: 202,
    write: true,
    made: ['delivery_id'],
  },
  'POST /v1/webhook-endpoints/{endpoint_id}/redeliver': {
    ...onEndpoint('/redeliver', { since: '2026-01-01T00:00:00Z' }),
    bad: { body: { since: 'noon', until: 5, of: 1 }, names: ['of', 'since', 'until'] },
    status: 202,
    write: true,
  },
  'GET /v1/webhook-endpoints/{endpoint_id}/deliveries': { ...onEndpoint('/deliveries'), status: 200 },
  'GET /v1/webhook-deliveries': listed('/v1/webhook-deliveries'),
  'GET /v1/webhook-deliveries/{delivery_id}': { ...onDelivery(), status: 200 },
  'POST /v1/webhook-deliveries/{delivery_id}/redeliver': {
    ...onDelivery('/redeliver'),
    bad: unknownMember,
    status: 202,
    write: true,
  },
}
