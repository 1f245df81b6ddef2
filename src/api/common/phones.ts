import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { getPhone, listPhones, type PhoneDetails } from '../../domain/phones/read.ts'
import { readRoute } from '../http/route.ts'
import { id, object, oneOf, pageBody, pageOf, pageQuery, pageRequest, time } from '../http/shapes.ts'

const phoneShape = object({
  phone_id: id,
  name: Type.String({ description: 'The name by which people know it.' }),
  driver: Type.String(),
  profiles: Type.Array(object({ profile_id: id, platform: oneOf('tiktok', 'instagram'), username: Type.String() }), {
    description: 'The active profiles that it hosts.',
  }),
  created_at: time,
})

const showPhone = ({ row, profiles }: PhoneDetails): Static<typeof phoneShape> => ({
  phone_id: row.id,
  name: row.name,
  driver: row.driver,
  profiles: profiles.map(({ id: profile_id, platform, username }) => ({ profile_id, platform, username })),
  created_at: row.created_at.toISOString(),
})

/** The devices that host the team's profiles. */
export function phoneRoutes(app: FastifyInstance, ctx: Context): void {
  const common = { family: 'common', tag: 'Phones' } as const
  readRoute(app, ctx, {
    ...common,
    url: '/v1/phones',
    summary: 'List phones, newest first',
    query: pageQuery({}),
    response: pageOf(phoneShape),
    errors: [422],
    read: async (_, caller, { query }) => pageBody(await listPhones(ctx, caller, pageRequest(query)), showPhone),
  })
  readRoute(app, ctx, {
    ...common,
    url: '/v1/phones/:phone_id',
    summary: 'Get a phone',
    params: object({ phone_id: id }),
    response: phoneShape,
    read: async (_, caller, { params }) => showPhone(await getPhone(ctx, caller, params.phone_id)),
  })
}
