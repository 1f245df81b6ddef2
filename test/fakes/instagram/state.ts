import type { Clock } from '../../../src/lib/clock.ts'
import type { OriginMap } from '../common/media.ts'

/** An account of the platform. Every member may be changed while the fake runs. */
export interface Account {
  /** `user_id`: the professional account's id, which the paths take. */
  igId: string
  /** `id`: the account's id for this app alone; the token reply and the deauthorise callback carry it. */
  scopedId: string
  username: string
  name: string
  biography: string
  website: string
  /** An account of type PERSONAL cannot connect. */
  accountType: 'BUSINESS' | 'MEDIA_CREATOR' | 'PERSONAL'
  followersCount: number
  followsCount: number
  /** What `profile_picture_url` shows. Null: the account has no picture, and the field is left out. */
  picture: Buffer | null
  /** `config.quota_total` of content_publishing_limit: 50 or 100 in the documents. */
  quotaTotal: number
  /** Posts of the last 24 hours that other apps made: they count towards the limit. */
  quotaUsedElsewhere: number
  /** A restricted account cannot publish (25/2207050). */
  restricted: boolean
}

export type Login = 'instagram' | 'facebook'

export interface Token {
  value: string
  login: Login
  kind: 'short' | 'long'
  igId: string
  scopes: string[]
  issuedAt: Date
  expiresAt: Date
  /** Why the token is dead before its time: the owner removed the app, or changed the password. */
  ended: 'revoked' | 'password' | null
}

/** An authorisation code. */
export interface Code {
  value: string
  redirectUri: string
  igId: string
  scopes: string[]
  expiresAt: Date
  used: boolean
}

export type MediaKind = 'image' | 'video'

/** What the container becomes: `item` is part of a carousel. */
export type ContainerKind = 'image' | 'reel' | 'story' | 'carousel' | 'item'

/** A file as the platform holds it. */
export interface MediaFile {
  kind: MediaKind
  size: number
  sha256: string
  width: number
  height: number
  /** Null for an image. */
  seconds: number | null
}

export interface Container {
  id: string
  igId: string
  kind: ContainerKind
  /** What the file is; null for a carousel. */
  media: MediaKind | null
  /** The parameters as sent, without the token. */
  parameters: Record<string, string>
  children: string[]
  createdAt: Date
  /** The subcode that processing failed with; set it to make the container an ERROR. */
  error: number | null
  /** Reads of its status that still answer IN_PROGRESS. */
  readsLeft: number
  /** It stays IN_PROGRESS until then. */
  readyAt: Date
  /** The file was fetched or uploaded, and inspected. */
  file: MediaFile | null
  /** A fetch or an inspection is under way. */
  working: boolean
  /** A resumable upload, of whose bytes this many have come. */
  upload: { received: number; total: number | null } | null
  /** The id of the media that it was published as. */
  publishedAs: string | null
}

export interface Comment {
  id: string
  text: string
  createdAt: Date
  username: string
}

export type Metric =
  | 'views'
  | 'likes'
  | 'comments'
  | 'shares'
  | 'saved'
  | 'reach'
  | 'total_interactions'
  | 'replies'
  | 'navigation'
  | 'follows'
  | 'profile_visits'
  | 'ig_reels_avg_watch_time'
  | 'ig_reels_video_view_total_time'

/** A post that exists on the platform. */
export interface Post {
  id: string
  igId: string
  /** The container it was made of: two posts never share one. */
  containerId: string
  kind: Exclude<ContainerKind, 'item'>
  shortcode: string
  permalink: string
  caption: string
  parameters: Record<string, string>
  /** One file, or those of a carousel. */
  files: MediaFile[]
  publishedAt: Date
  comments: Comment[]
  /** What insights answers. A metric that is not set has no data yet. */
  metrics: Partial<Record<Metric, number>>
}

/** A media URL that the platform fetched. */
export interface MediaFetch {
  at: Date
  url: string
  /** The `Range` of each request and the status it was answered with. */
  requests: { range: string; status: number }[]
  size: number
  sha256: string | null
  /** Why the fetch failed. */
  failure: string | null
}

/** How the next containers are processed. */
export interface ProcessingPlan {
  /** Reads of the status that answer IN_PROGRESS. */
  reads?: number
  /** It stays IN_PROGRESS for so many seconds of the fake's clock. */
  seconds?: number
  /** The subcode that processing ends with, such as 2207076. */
  error?: number
}

/** The app as it is registered with Meta. */
export interface App {
  id: string
  secret: string
  /** Exact addresses; any other `redirect_uri` is refused. */
  redirectUris: string[]
  /** Where a removed authorisation and a request to delete data are reported to. */
  deauthorizeUrl: string | null
  dataDeletionUrl: string | null
}

export interface Settings {
  /** Versions of the Graph API that answer, newest last. */
  versions: string[]
  /** `data` is the documented shape of the token reply; `flat` is what some apps receive, with `user_id` as a number. */
  tokenReply: 'data' | 'flat'
  /** Lives of the tokens in milliseconds. */
  shortTokenLife: number
  longTokenLife: number
  /** Public origins and the loopback origins that stand for them. */
  origins: OriginMap
  /** The host of a media URL must answer Range requests with 206. */
  requireRange: boolean
  /** Bytes of each Range request. */
  rangeBytes: number
  fetchTimeoutMs: number
  /** Files are opened and held against the media rules. Without, every file that was fetched is taken. */
  inspect: boolean
  /** How containers are processed unless there is a plan: videos are IN_PROGRESS for one read, images for none. */
  processing: Record<MediaKind | 'carousel', ProcessingPlan>
}

/** Everything that the platform knows. */
export interface State {
  clock: Clock
  /** `http://127.0.0.1:PORT` */
  address: string
  app: App
  settings: Settings
  accounts: Account[]
  tokens: Token[]
  codes: Code[]
  containers: Map<string, Container>
  posts: Post[]
  fetches: MediaFetch[]
  plans: ProcessingPlan[]
  /** Folder for files while they are fetched and inspected. */
  folder: string
  /** Work that goes on after its request was answered. */
  work: Set<Promise<void>>
  /** Errors of the fake itself in that work. */
  broken: unknown[]
  /** Aborted when the fake stops. */
  stopping: AbortSignal
}
