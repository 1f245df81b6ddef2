import type { Call, Reply, Route } from '../common/calls.ts'
import { showAccounts } from './app/page.ts'
import { publishContainer } from './containers/publish.ts'
import { readContainer } from './containers/read.ts'
import { createContainer } from './create/create.ts'
import { errorReply, refuse } from './errors.ts'
import { takeUpload } from './media/upload.ts'
import { decideAuthorize, showAuthorize } from './oauth/authorize.ts'
import { exchangeCode } from './oauth/code.ts'
import { exchangeShort, refreshLong } from './oauth/long-lived.ts'
import { deletePermissions } from './oauth/permissions.ts'
import { addComment, listComments } from './posts/comments.ts'
import { readInsights } from './posts/insights.ts'
import { listPosts, readPost } from './posts/read.ts'
import { readLimit } from './quota.ts'
import type { State } from './state.ts'
import { readUser, servePicture } from './user.ts'

/** The names that fault switches and the request log use. */
export type Endpoint =
  | 'authorize'
  | 'authorize/decide'
  | 'oauth/access_token'
  | 'access_token'
  | 'refresh_access_token'
  | 'permissions/delete'
  | 'user'
  | 'media/create'
  | 'media/list'
  | 'media_publish'
  | 'content_publishing_limit'
  | 'container'
  | 'media'
  | 'comments/create'
  | 'comments/list'
  | 'insights'
  | 'rupload'
  | 'picture'
  | 'page'

type Handler = (state: State, call: Call) => Reply | Promise<Reply>

/**
 * A path of the Graph API at either host, with or without a version.
 * The ids of this fake tell what they stand for by their first digits; to a client they are opaque.
 */
const graph = (path: string): RegExp =>
  new RegExp(String.raw`^/graph\.(?:instagram|facebook)\.com(?:/(?<version>v[^/]+))?${path}/?$`)
const user = String.raw`/(?<id>me|178\d{14}|245\d{14})`
const container = String.raw`/(?<id>179\d+)`
const media = String.raw`/(?<id>180\d+)`

export function routesOf(state: State): Route<Endpoint>[] {
  const call =
    (handler: Handler) =>
    (one: Call): Reply | Promise<Reply> => {
      checkVersion(state, one)
      return handler(state, one)
    }
  const route = (endpoint: Endpoint, method: string, path: string | RegExp, handler: Handler): Route<Endpoint> => ({
    endpoint,
    method,
    path,
    handle: call(handler),
  })
  return [
    route('page', 'GET', '/', showAccounts),
    route('picture', 'GET', /^\/scontent\.cdninstagram\.com\/(?<id>\d+)\.jpg$/, servePicture),
    route('authorize', 'GET', /^\/www\.instagram\.com\/oauth\/authorize\/?$/, showAuthorize),
    route('authorize/decide', 'POST', /^\/www\.instagram\.com\/oauth\/authorize\/?$/, decideAuthorize),
    route('oauth/access_token', 'POST', /^\/api\.instagram\.com\/oauth\/access_token\/?$/, exchangeCode),
    route('access_token', 'GET', graph('/access_token'), exchangeShort),
    route('refresh_access_token', 'GET', graph('/refresh_access_token'), refreshLong),
    route('permissions/delete', 'DELETE', graph(`${user}/permissions`), deletePermissions),
    route('user', 'GET', graph(user), readUser),
    route('media/create', 'POST', graph(`${user}/media`), createContainer),
    route('media/list', 'GET', graph(`${user}/media`), listPosts),
    route('media_publish', 'POST', graph(`${user}/media_publish`), publishContainer),
    route('content_publishing_limit', 'GET', graph(`${user}/content_publishing_limit`), readLimit),
    route('container', 'GET', graph(container), readContainer),
    route('media', 'GET', graph(media), readPost),
    route('comments/create', 'POST', graph(`${media}/comments`), addComment),
    route('comments/list', 'GET', graph(`${media}/comments`), listComments),
    route('insights', 'GET', graph(`${media}/insights`), readInsights),
    {
      ...route('rupload', 'POST', /^\/rupload\.facebook\.com\/ig-api-upload(?:\/(?<version>v[^/]+))?\/(?<id>\d+)$/, takeUpload),
      streams: true,
    },
  ]
}

/** Refuses a version that has ended (2635) or that is not out yet (2500). The documents name no code for either. */
function checkVersion({ settings }: State, { params: { version } }: Call): void {
  if (version === undefined || settings.versions.includes(version)) return
  const major = (name: string): number => Number(/^v(?<major>\d+)\.0$/.exec(name)?.groups?.major)
  const oldest = Math.min(...settings.versions.map(major))
  refuse(major(version) < oldest ? '2635' : '2500')
}

/** An address that the platform does not have. */
export function notFound({ method, url }: Call): Reply {
  const graphApi = /^\/graph\.(?:instagram|facebook)\.com\//.test(url.pathname)
  if (!graphApi) return { status: 404, headers: { 'content-type': 'text/html' }, body: 'Page not found' }
  const object = url.pathname.split('/').at(-1) ?? ''
  if (method === 'GET' && /^\d+$/.test(object)) return errorReply('100/33')
  return errorReply('100', { message: `Unsupported request - method type: ${method.toLowerCase()}` })
}
