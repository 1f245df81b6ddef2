import { randomBytes, randomInt } from 'node:crypto'
import type { Clock } from '../../../src/lib/clock.ts'
import type { OriginMap } from '../common/media.ts'
import type { Grants } from './grants.ts'
import type { RateLimits } from './rate-limits.ts'
import { callsPerMinute, caps, lifetimes } from './rules.ts'
import { allScopes, type Account, type Endpoint, type FailReason, type Post, type PublishTask, type Scope } from './types.ts'
import type { Webhooks } from './webhooks.ts'

/** The registered app: what its owner set in the developer portal. */
export interface App {
  clientKey: string
  clientSecret: string
  /** Exact addresses; a redirect_uri must be one of them. */
  redirectUris: string[]
  /** URL prefixes whose ownership is verified; PULL_FROM_URL takes no others. */
  verifiedPrefixes: string[]
  /** Scopes that the app may ask for. */
  scopes: Scope[]
  /** An unaudited app may post to private accounts only, for few users. */
  audited: boolean
}

/** How the platform behaves. Every member may be changed at any time. */
export interface Settings {
  /** `on-fetch`: each status fetch answers the task's state and then takes it one step on. `on-demand`: only `advance()` does. */
  advance: 'on-fetch' | 'on-demand'
  /** Steps from the last byte to publication, and from publication to the public id. */
  processingSteps: number
  moderationSteps: number
  accessSeconds: number
  refreshSeconds: number
  /** Token replies of a refresh have no refresh_token, and the old one stays good. */
  omitRefreshToken: boolean
  /** The status of flat OAuth errors; the documents do not tell it. */
  oauthErrorStatus: number
  /** Calls per minute and access token; an endpoint that is not named has no limit. */
  callsPerMinute: Partial<Record<Endpoint, number>>
  pendingDraftCap: number
  activeUserCap: number
  /** A video's server must answer range requests with 206. */
  rangeRequired: boolean
  /** The origin of upload URLs; null is the fake itself. */
  uploadOrigin: string | null
  /** `other`: the status member and the webhook events that the documents spell in two ways, each in the other way. */
  spelling: 'documented' | 'other'
}

/** A failure that the next tasks meet at the end of their processing. */
export interface PlannedFailure {
  reason: FailReason
  left: number
  handle: string | null
}

/** The state of the fake. */
export interface Platform {
  readonly clock: Clock
  readonly app: App
  readonly settings: Settings
  readonly accounts: Account[]
  readonly grants: Grants
  readonly rateLimits: RateLimits
  readonly tasks: Map<string, PublishTask>
  readonly posts: Post[]
  readonly plannedFailures: PlannedFailure[]
  readonly webhooks: Webhooks
  readonly origins: OriginMap
  /** `http://127.0.0.1:PORT`, known once the server listens. */
  address: string
}

export const newApp = (given: Partial<App> = {}): App => ({
  clientKey: 'aw-client-key',
  clientSecret: 'client-secret',
  redirectUris: [],
  verifiedPrefixes: [],
  scopes: [...allScopes],
  audited: true,
  ...given,
})

export const newSettings = (given: Partial<Settings> = {}): Settings => ({
  advance: 'on-fetch',
  processingSteps: 1,
  moderationSteps: 1,
  accessSeconds: lifetimes.accessSeconds,
  refreshSeconds: lifetimes.refreshSeconds,
  omitRefreshToken: false,
  oauthErrorStatus: 400,
  callsPerMinute: { ...callsPerMinute },
  pendingDraftCap: caps.pendingDrafts,
  activeUserCap: caps.usersOfUnauditedClient,
  rangeRequired: true,
  uploadOrigin: null,
  spelling: 'documented',
  ...given,
})

/** @param given the handle, and what differs from a public account that may do everything */
export const newAccount = (given: Partial<Account> & { handle: string }): Account => ({
  openId: `-000${randomBytes(12).toString('hex')}`,
  unionId: randomBytes(16).toString('hex'),
  displayName: given.handle,
  bio: '',
  isPrivate: false,
  isVerified: false,
  privacyOptions: null,
  commentDisabled: false,
  duetDisabled: false,
  stitchDisabled: false,
  maxVideoSeconds: 600,
  banned: false,
  appTooOld: false,
  dailyCap: caps.directPosts,
  postsByOtherClients: 0,
  followers: 0,
  following: 0,
  likes: 0,
  ...given,
})

/** An id as TikTok gives to posts: 19 digits, above 2^53, not in order. */
export const newPostId = (): bigint => 7_200_000_000_000_000_001n + BigInt(randomInt(2 ** 47)) * 1001n

export const laterBy = (clock: Clock, seconds: number): Date => new Date(clock.now().getTime() + seconds * 1000)
