import { Type, type Static } from 'typebox'
import { configureAccount, readAccount } from '../../domain/bundles/configure-account.ts'
import type { Context } from '../../kernel/context.ts'
import type { BundleAccountRow } from '../../kernel/rows.ts'
import type { App } from '../http/app.ts'
import { id, iso, nullable, object, time, withExample } from '../http/shapes.ts'
import { partStatus } from './bundle-shape.ts'
import { bundleParams } from './bundles.ts'
import { dataOf, textsOf } from './shapes.ts'

// The values are checked in the verb, which knows the platform and uses the Account Configuration page's codes.
const configuration = object({
  username: Type.String({ description: '1 to 24 letters, digits, periods and underscores.' }),
  visible_name: Type.String({ description: '1 to 30 characters.' }),
  biography: Type.String({ description: 'At most 80 characters; may be empty.' }),
  profile_picture_url: Type.String({ description: 'https; downloaded when the bundle is published.' }),
  link_in_bio: Type.Optional(nullable(Type.String({ description: 'Instagram alone.' }))),
  niche_warming_instructions: Type.Optional(
    nullable(Type.String({ description: 'A note on topics for the manager. Nothing orders, counts or checks engagement.' })),
  ),
})

const values = {
  username: nullable(Type.String()),
  visible_name: nullable(Type.String()),
  biography: nullable(Type.String()),
  profile_picture_url: nullable(Type.String()),
  link_in_bio: nullable(Type.String()),
  niche_warming_instructions: nullable(Type.String()),
  configured_at: nullable(time),
}
const valuesShape = object(values)

const presentValues = (row: BundleAccountRow): Static<typeof valuesShape> => ({
  username: row.username,
  visible_name: row.visible_name,
  biography: row.biography,
  profile_picture_url: row.profile_picture_url,
  link_in_bio: row.link_in_bio,
  niche_warming_instructions: row.niche_warming_instructions,
  configured_at: iso(row.configured_at),
})

const configured = {
  username: 'streetstyle.nyc',
  visible_name: 'Street Style NYC',
  biography: 'Daily street fashion from New York City.',
  profile_picture_url: 'https://cdn.example.com/profiles/streetstyle.jpg',
  link_in_bio: null,
  niche_warming_instructions: null,
}
const example = {
  data: {
    id: '0193a1b2-5e4f-7a3b-9c2d-1e0f9a8b7c6d',
    account: {
      ...configured,
      configured_at: '2026-02-10T10:00:00.000Z',
    },
  },
}

const at = '/api/ext/bundles/:id/account'
const tags = ['Bundles']

/** The Account Configuration page's routes. */
export function bundleAccountRoutes(app: App, ctx: Context): void {
  app.put(
    at,
    {
      attachValidation: true,
      schema: {
        summary: 'Configure the account of a bundle',
        description: 'Replaces the whole configuration: an optional member that is omitted becomes null.',
        tags,
        params: bundleParams,
        body: withExample(configuration, configured),
        response: { 200: withExample(dataOf(object({ id, account: valuesShape })), example) },
      },
    },
    ({ params, body, faults }, reply) =>
      reply.carryOut(
        (unit) => {
          const text = textsOf(body, faults)
          const given = {
            username: text('username') ?? null,
            visibleName: text('visible_name') ?? null,
            biography: text('biography') ?? null,
            pictureUrl: text('profile_picture_url') ?? null,
            linkInBio: text('link_in_bio') ?? null,
            nicheWarmingInstructions: text('niche_warming_instructions') ?? null,
          }
          return configureAccount(unit, params.id, given, faults)
        },
        (row) => ({ data: { id: row.bundle_id, account: presentValues(row) } }),
      ),
  )
  app.get(
    at,
    {
      schema: {
        summary: 'Get the account of a bundle',
        description: 'Before it is configured, its members are null and its status is `pending`.',
        tags,
        params: bundleParams,
        response: { 200: dataOf(object({ ...values, status: partStatus })) },
      },
    },
    async ({ caller, params }) => {
      const row = await readAccount({ ctx, caller }, params.id)
      return { data: { ...presentValues(row), status: row.status } }
    },
  )
}
