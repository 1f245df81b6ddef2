import type { Readable } from 'node:stream'
import { Type } from 'typebox'
import { getBundle, getSlot } from '../../domain/bundles/get.ts'
import { readAccount } from '../../domain/bundles/configure-account.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { getEditRequest } from '../../domain/edit-requests/get.ts'
import { openScreenshot } from '../../domain/reviews/screenshot.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { App } from '../http/app.ts'
import { object } from '../http/shapes.ts'

type Names = 'id' | 'request_id' | 'position'
type Params = Partial<Record<Names, string>>

const text = (params: Params, name: Names): string => params[name] ?? ''

/** Where a team reads the screenshot of a manager's submission, and how the submission is found. */
const routes: {
  url: string
  tag: string
  names: Names[]
  submission: (ctx: Context, caller: Caller, params: Params) => Promise<JsonObject | null>
}[] = [
  {
    url: '/api/ext/accounts/:id/edit-request/:request_id/screenshot',
    tag: 'Edit requests',
    names: ['id', 'request_id'],
    submission: async (ctx, caller, params) =>
      (await getEditRequest(ctx, caller, text(params, 'id'), text(params, 'request_id'))).submission,
  },
  {
    url: '/api/ext/bundles/:id/account/screenshot',
    tag: 'Bundles',
    names: ['id'],
    submission: async (ctx, caller, params) => (await readAccount({ ctx, caller }, text(params, 'id'))).submission,
  },
  {
    url: '/api/ext/bundles/:id/videos/:position/screenshot',
    tag: 'Bundles',
    names: ['id', 'position'],
    submission: async (ctx, caller, params) =>
      (await getSlot(ctx.db, await getBundle(ctx.db, caller.teamId, text(params, 'id')), text(params, 'position'))).submission,
  },
]

// Pictures are re-encoded when they are stored; anything else is never displayed in a browser.
const picture = /^image\/(jpeg|png|webp|avif)$/

const pictures = {
  description: 'The picture',
  content: Object.fromEntries(
    ['image/jpeg', 'image/png', 'image/webp'].map((type) => [
      type,
      { schema: Type.Unsafe<Readable>(Type.String({ format: 'binary', contentMediaType: type })) },
    ]),
  ),
}

/** The screenshots of managers' submissions, for the team that reviews them. */
export function handedInRoutes(app: App, ctx: Context): void {
  for (const { url, tag, names, submission } of routes) {
    app.get<{ Params: Params }>(
      url,
      {
        schema: {
          summary: 'Get the screenshot that a manager submitted',
          description: 'The picture itself. 404 `media_not_found` if none was submitted.',
          tags: [tag],
          params: object(Object.fromEntries(names.map((name) => [name, Type.String()]))),
          response: { 200: pictures },
        },
      },
      async ({ caller, params }, reply) => {
        const found = await openScreenshot(ctx, caller.teamId, await submission(ctx, caller, params))
        const safe = picture.test(found.contentType)
        reply
          .header('cache-control', 'private, no-store')
          .header('x-content-type-options', 'nosniff')
          .header('content-security-policy', "default-src 'none'; sandbox")
          .header('content-disposition', safe ? 'inline' : 'attachment')
          .header('content-length', String(found.size))
          .type(safe ? found.contentType : 'application/octet-stream')
        return found.bytes
      },
    )
  }
}
