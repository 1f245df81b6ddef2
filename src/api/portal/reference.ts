import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { findTeam } from '../../domain/teams/find.ts'
import { countries } from '../../lib/countries.ts'
import { managedAccount } from '../../platforms/index.ts'
import { readRoute } from '../http/route.ts'
import { id, object, oneOf, time } from '../http/shapes.ts'
import { platform } from './bundle-shape.ts'
import { dataOf } from './shapes.ts'

const platformNames = [
  { id: 'tiktok', name: 'TikTok' },
  { id: 'instagram', name: 'Instagram' },
] as const

/** The caller, and what a bundle can be ordered for. */
export function referenceRoutes(app: FastifyInstance, ctx: Context): void {
  readRoute(app, ctx, {
    family: 'portal',
    tag: 'Saved accounts',
    url: '/api/ext/me',
    summary: 'Get the team that the key belongs to',
    response: dataOf(object({ id, name: Type.String(), scope: oneOf('read', 'write', 'work'), created_at: time })),
    read: async (_, caller) => {
      const team = await findTeam(ctx.db, caller.teamId)
      return { data: { id: team.id, name: team.name, scope: caller.scope, created_at: team.created_at.toISOString() } }
    },
  })
  readRoute(app, ctx, {
    family: 'portal',
    tag: 'Bundles',
    url: '/api/ext/countries',
    summary: 'List the countries that a bundle can name',
    response: dataOf(Type.Array(object({ code: Type.String(), name: Type.String() }))),
    read: () => Promise.resolve({ data: countries().map((one) => ({ ...one })) }),
  })
  readRoute(app, ctx, {
    family: 'portal',
    tag: 'Bundles',
    url: '/api/ext/platforms',
    summary: 'List the platforms that a bundle can be ordered for',
    response: dataOf(Type.Array(object({ id: platform, name: Type.String(), link_in_bio: Type.Boolean() }))),
    read: () =>
      Promise.resolve({
        data: platformNames.map((one) => ({
          ...one,
          link_in_bio: managedAccount.linkInBio.value.some((name) => name === one.id),
        })),
      }),
  })
}
