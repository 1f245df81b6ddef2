import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { getTeam } from '../../domain/teams/get.ts'
import { countries } from '../../lib/countries.ts'
import { managedAccount } from '../../platforms/index.ts'
import type { App } from '../http/app.ts'
import { id, object, oneOf, time } from '../http/shapes.ts'
import { platform } from './bundle-shape.ts'
import { dataOf } from './shapes.ts'

const platformNames = [
  { id: 'tiktok', name: 'TikTok' },
  { id: 'instagram', name: 'Instagram' },
] as const

const tags = ['Bundles']
const teamShape = object({ id, name: Type.String(), scope: oneOf('read', 'write', 'work'), created_at: time })

/** The caller, and what a bundle can be ordered for. */
export function referenceRoutes(app: App, ctx: Context): void {
  app.get(
    '/api/ext/me',
    {
      schema: {
        summary: 'Get the team that the key belongs to',
        tags: ['Saved accounts'],
        response: { 200: dataOf(teamShape) },
      },
    },
    async ({ caller: { teamId, scope } }) => {
      const { id, name, created_at } = await getTeam(ctx.db, teamId)
      return { data: { id, name, scope, created_at: created_at.toISOString() } }
    },
  )
  app.get(
    '/api/ext/countries',
    {
      schema: {
        summary: 'List the countries that a bundle can name',
        tags,
        response: { 200: dataOf(Type.Array(object({ code: Type.String(), name: Type.String() }))) },
      },
    },
    () => ({ data: countries().map((one) => ({ ...one })) }),
  )
  app.get(
    '/api/ext/platforms',
    {
      schema: {
        summary: 'List the platforms that a bundle can be ordered for',
        tags,
        response: { 200: dataOf(Type.Array(object({ id: platform, name: Type.String(), link_in_bio: Type.Boolean() }))) },
      },
    },
    () => ({
      data: platformNames.map((one) => ({
        ...one,
        link_in_bio: managedAccount.linkInBio.value.some((name) => name === one.id),
      })),
    }),
  )
}
