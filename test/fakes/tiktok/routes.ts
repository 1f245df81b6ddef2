import type { Route } from '../common/calls.ts'
import { avatar } from './avatar.ts'
import { creatorInfo } from './creator-info.ts'
import { act, home } from './home.ts'
import { initContent, initInboxVideo, initVideo } from './init.ts'
import { decideSignIn, showSignIn } from './oauth-page.ts'
import { revoke, token } from './oauth-token.ts'
import type { Platform } from './platform.ts'
import { cancel, fetchStatus } from './status.ts'
import type { Endpoint } from './types.ts'
import { putChunk } from './upload.ts'
import { userInfo } from './user.ts'
import { listVideos, queryVideos } from './videos.ts'

/** Every address of the platform. The sign-in page, the API and the upload host share one origin. */
export const routesOf = (platform: Platform): Route<Endpoint>[] => [
  { endpoint: 'authorize', method: 'GET', path: '/v2/auth/authorize/', handle: (call) => showSignIn(platform, call) },
  { endpoint: 'authorize/decide', method: 'POST', path: '/v2/auth/authorize/', handle: (call) => decideSignIn(platform, call) },
  { endpoint: 'oauth/token', method: 'POST', path: '/v2/oauth/token/', handle: (call) => token(platform, call) },
  { endpoint: 'oauth/revoke', method: 'POST', path: '/v2/oauth/revoke/', handle: (call) => revoke(platform, call) },
  { endpoint: 'user/info', method: 'GET', path: '/v2/user/info/', handle: (call) => userInfo(platform, call) },
  { ...publish('creator_info/query'), handle: (call) => creatorInfo(platform, call) },
  { ...publish('video/init'), handle: (call) => initVideo(platform, call) },
  { ...publish('inbox/video/init'), handle: (call) => initInboxVideo(platform, call) },
  { ...publish('content/init'), handle: (call) => initContent(platform, call) },
  { ...publish('status/fetch'), handle: (call) => fetchStatus(platform, call) },
  { ...publish('cancel'), handle: (call) => cancel(platform, call) },
  { endpoint: 'upload', method: 'PUT', path: '/video/', streams: true, handle: (call) => putChunk(platform, call) },
  { endpoint: 'video/list', method: 'POST', path: '/v2/video/list/', handle: (call) => listVideos(platform, call) },
  { endpoint: 'video/query', method: 'POST', path: '/v2/video/query/', handle: (call) => queryVideos(platform, call) },
  { endpoint: 'avatar', method: 'GET', path: /^\/avatar\/(?<openId>[^/]+)\.png$/, handle: (call) => avatar(platform, call) },
  { endpoint: 'home', method: 'GET', path: '/', handle: () => home(platform) },
  { endpoint: 'home/act', method: 'POST', path: '/', handle: (call) => act(platform, call) },
]

const publish = (endpoint: Endpoint) => ({ endpoint, method: 'POST', path: `/v2/post/publish/${endpoint}/` })
