import { Type, type Static } from 'typebox'
import { getSavedAccount, listSavedAccounts, type SavedAccount } from '../../domain/accounts/saved.ts'
import type { Context } from '../../kernel/context.ts'
import type { ProfileFacts } from '../../domain/profiles/read.ts'
import { profilePath } from '../../drivers/sandbox/platform/paths.ts'
import type { App } from '../http/app.ts'
import { id, nullable, object, oneOf, time } from '../http/shapes.ts'
import { country, platform } from './bundle-shape.ts'
import { dataOf, numberedBody, numberedOf, numberedQuery, numberedRequest } from './shapes.ts'

const accountShape = object({
  id,
  platform,
  username: Type.String(),
  visible_name: Type.String(),
  biography: nullable(Type.String()),
  profile_picture_url: nullable(Type.String()),
  country: nullable(Type.String({ description: 'The country of the bundle that delivered it.' })),
  link_in_bio: nullable(Type.String()),
  profile_url: Type.String(),
  status: oneOf('configuring', 'retrying', 'cold', 'warming', 'warm', 'ready', 'failed', 'deactivated'),
  created_at: time,
  updated_at: time,
})

/** Where the account can be seen: the sandbox's profiles are on this server. */
function profileUrl(ctx: Context, row: ProfileFacts): string {
  if (row.driver === 'sandbox') return ctx.publicUrl() + profilePath(row.platform, row.username)
  return row.platform === 'tiktok' ? `https://www.tiktok.com/@${row.username}` : `https://www.instagram.com/${row.username}/`
}

const presentSavedAccount = (
  ctx: Context,
  { details: { row, pictureUrl }, country }: SavedAccount,
): Static<typeof accountShape> => ({
  id: row.id,
  platform: row.platform,
  username: row.username,
  visible_name: row.display_name,
  biography: row.bio,
  profile_picture_url: pictureUrl,
  country,
  link_in_bio: row.link_in_bio,
  profile_url: profileUrl(ctx, row),
  status: row.status,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

const tags = ['Saved accounts']

/** The accounts around the edit request, as a client of its vendor reads them. */
export function savedAccountRoutes(app: App, ctx: Context): void {
  app.get(
    '/api/ext/accounts',
    {
      schema: {
        summary: 'List the team’s accounts, newest first',
        description: 'Each account is also a farm profile and an account of `/v1/accounts`, with the same id.',
        tags,
        querystring: numberedQuery({ platform: Type.Optional(platform), country: Type.Optional(country) }),
        response: { 200: numberedOf(accountShape) },
      },
    },
    async ({ caller, query }) => {
      const page = numberedRequest(query)
      const filter = { platform: query.platform, country: query.country?.toUpperCase() }
      return numberedBody(await listSavedAccounts(ctx, caller, page, filter), page, (one) => presentSavedAccount(ctx, one))
    },
  )
  app.get(
    '/api/ext/accounts/:id',
    {
      schema: {
        summary: 'Get an account',
        tags,
        // No shape: in this family, every text that is not a UUID is 404, including text that cannot be stored.
        params: object({ id: Type.String({ description: 'The id of the account, a UUID.' }) }),
        response: { 200: dataOf(accountShape) },
      },
    },
    async ({ caller, params }) => ({ data: presentSavedAccount(ctx, await getSavedAccount(ctx, caller, params.id)) }),
  )
}
