import type { FastifyInstance, FastifyReply } from 'fastify'
import type {} from '@fastify/swagger'
import type { Platform } from '../../db/schema.ts'
import { postPath } from '../../drivers/sandbox/platform/paths.ts'
import {
  accountNamed,
  newestAccounts,
  newestPosts,
  postNumbered,
  type SandboxPlatform,
} from '../../drivers/sandbox/platform/index.ts'
import type { Drafts } from './drafts.ts'
import { indexPage, listed } from './index-page.ts'
import { noAccount, noPage, noPost } from './missing-page.ts'
import { postPage } from './post-page.ts'
import { postsOnPage, profilePage } from './profile-page.ts'
import { send } from './send.ts'

/** What the pages read, and who may see drafts. */
export interface SandboxReader extends SandboxPlatform {
  drafts: Drafts
}

const outOfTheOpenApi = { schema: { hide: true } }
const isNumber = (text: unknown): text is string => typeof text === 'string' && /^\d{1,19}$/.test(text)

/**
 * The public pages of the sandbox, HTML and read-only: `/sandbox`, `/sandbox/@name`, `/sandbox/@name/video/ID`, and
 * Instagram's under `/sandbox/instagram`. They need no key; with one, they also display its team's drafts.
 */
export function sandboxPages(app: FastifyInstance, platform: SandboxReader, done: () => void): void {
  app.register(
    (pages, _options, ready) => {
      pages.get('/', outOfTheOpenApi, async (_request, reply) =>
        send(reply, 200, indexPage(await newestAccounts(platform, listed))),
      )
      accountPages(pages, platform, 'tiktok', '')
      accountPages(pages, platform, 'instagram', '/instagram')
      pages.setNotFoundHandler((_request, reply) => send(reply, 404, noPage))
      ready()
    },
    { prefix: '/sandbox' },
  )
  done()
}

function accountPages(pages: FastifyInstance, platform: SandboxReader, which: Platform, prefix: string): void {
  pages.get<{ Params: { username: string }; Querystring: { before?: unknown } }>(
    `${prefix}/@:username`,
    outOfTheOpenApi,
    async (request, reply) => {
      const { params, query } = request
      const seen = await platform.drafts(request)
      const account = await accountBehind(platform, which, params.username)
      if (!account) return send(reply, 404, noAccount)
      const first = !isNumber(query.before)
      const posts = await newestPosts(platform, account.id, {
        drafts: false,
        limit: postsOnPage + 1,
        ...(isNumber(query.before) ? { before: query.before } : {}),
      })
      const drafts = first ? await seen(await newestPosts(platform, account.id, { drafts: true, limit: postsOnPage })) : []
      return send(reply, 200, profilePage(account, posts.slice(0, postsOnPage), drafts, posts.length > postsOnPage))
    },
  )
  pages.get<{ Params: { username: string; id: string } }>(
    `${prefix}/@:username/video/:id`,
    outOfTheOpenApi,
    async (request, reply) => {
      const { params } = request
      const seen = await platform.drafts(request)
      const post = isNumber(params.id) ? await postNumbered(platform, which, params.id) : null
      if (!post || (post.live_at === null && (await seen([post])).length === 0)) return send(reply, 404, noPost)
      if (post.username !== params.username) return renamed(reply, postPath(which, post.username, post.id))
      return send(reply, 200, postPage(post))
    },
  )
}

/** Postgres accepts no NUL in a text; no handle has one. */
const accountBehind = async (platform: SandboxPlatform, which: Platform, username: string) =>
  username.includes('\0') ? null : accountNamed(platform, which, username)

/** The number decides, as on the platforms: an address from before a change of handle still works. */
const renamed = (reply: FastifyReply, path: string) => reply.redirect(path, 302)
