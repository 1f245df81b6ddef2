import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { getPhone, listPhones, type PhoneDetails } from '../../domain/phones/read.ts'
import type { App } from '../http/app.ts'
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

const presentPhone = ({ row, profiles }: PhoneDetails): Static<typeof phoneShape> => ({
  phone_id: row.id,
  name: row.name,
  driver: row.driver,
  profiles: profiles.map(({ id: profile_id, platform, username }) => ({ profile_id, platform, username })),
  created_at: row.created_at.toISOString(),
})

const tags = ['Phones']

/** The devices that host the team's profiles. */
export function phoneRoutes(app: App, ctx: Context): void {
  app.get(
    '/v1/phones',
    {
      schema: {
        summary: 'List phones, newest first',
        tags,
        querystring: pageQuery({}),
        response: { 200: pageOf(phoneShape) },
      },
      config: { errors: [422] },
    },
    async ({ caller, query }) => pageBody(await listPhones(ctx, caller, pageRequest(query)), presentPhone),
  )
  app.get(
    '/v1/phones/:phone_id',
    { schema: { summary: 'Get a phone', tags, params: object({ phone_id: id }), response: { 200: phoneShape } } },
    async ({ caller, params }) => presentPhone(await getPhone(ctx, caller, params.phone_id)),
  )
}
