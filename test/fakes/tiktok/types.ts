import type { Hash } from 'node:crypto'

/** The fake's endpoints, as fault switches and the request log name them. */
export type Endpoint =
  | 'authorize'
  | 'authorize/decide'
  | 'oauth/token'
  | 'oauth/revoke'
  | 'user/info'
  | 'creator_info/query'
  | 'video/init'
  | 'inbox/video/init'
  | 'content/init'
  | 'upload'
  | 'status/fetch'
  | 'cancel'
  | 'video/list'
  | 'video/query'
  | 'avatar'
  | 'home'
  | 'home/act'

export const allScopes = [
  'user.info.basic',
  'user.info.profile',
  'user.info.stats',
  'video.list',
  'video.upload',
  'video.publish',
] as const
export type Scope = (typeof allScopes)[number]

export const privacyLevels = ['PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'FOLLOWER_OF_CREATOR', 'SELF_ONLY'] as const
export type PrivacyLevel = (typeof privacyLevels)[number]

export const failReasons = [
  'file_format_check_failed',
  'duration_check_failed',
  'frame_rate_check_failed',
  'picture_size_check_failed',
  'auth_removed',
  'spam_risk_too_many_posts',
  'spam_risk_user_banned_from_posting',
  'spam_risk_text',
  'spam_risk',
  'publish_cancelled',
  'internal',
  'video_pull_failed',
  'photo_pull_failed',
] as const
export type FailReason = (typeof failReasons)[number]

/** A TikTok user. Every member may be changed at any time. */
export interface Account {
  openId: string
  unionId: string
  /** `creator_username`, without the @. */
  handle: string
  displayName: string
  bio: string
  /** A private account offers FOLLOWER_OF_CREATOR instead of PUBLIC_TO_EVERYONE. */
  isPrivate: boolean
  isVerified: boolean
  /** What creator_info offers; null derives it from `isPrivate`. */
  privacyOptions: PrivacyLevel[] | null
  commentDisabled: boolean
  duetDisabled: boolean
  stitchDisabled: boolean
  maxVideoSeconds: number
  /** Banned from posting. */
  banned: boolean
  /** The user's TikTok app is older than 31.8: photo drafts are refused. */
  appTooOld: boolean
  /** Direct posts per 24 hours, over all API clients. */
  dailyCap: number
  /** Direct posts of the last 24 hours that other API clients made. */
  postsByOtherClients: number
  followers: number
  following: number
  likes: number
}

export type TaskStatus = 'PROCESSING_UPLOAD' | 'PROCESSING_DOWNLOAD' | 'SEND_TO_USER_INBOX' | 'PUBLISH_COMPLETE' | 'FAILED'

/** Where a task stands inside the platform. `ended` follows publication, or failure. */
export type Stage = 'uploading' | 'downloading' | 'processing' | 'inbox' | 'moderation' | 'ended'

/** The upload of a video in chunks. */
export interface Upload {
  /** The `upload_id` and `upload_token` of the upload URL. */
  id: string
  token: string
  expires: Date
  size: number
  chunkSize: number
  chunkCount: number
  /** Bytes of the whole chunks that have come. */
  received: number
  hash: Hash
  /** The first bytes of the file. */
  head: Buffer
}

/** A media file that came with a task, known by its digest. */
export interface Media {
  /** Null for an upload. */
  url: string | null
  size: number
  sha256: string
}

export interface PostInfo {
  title: string
  /** For photos alone. */
  description: string
  /** Null for drafts: the user chooses. */
  privacy: PrivacyLevel | null
  disableComment: boolean
  disableDuet: boolean
  disableStitch: boolean
  brandContent: boolean
  brandOrganic: boolean
  aiGenerated: boolean
  autoAddMusic: boolean
  coverTimestampMs: number | null
}

/** What an init call made. */
export interface PublishTask {
  publishId: string
  account: Account
  createdAt: Date
  kind: 'video' | 'photo'
  mode: 'direct' | 'draft'
  source: 'FILE_UPLOAD' | 'PULL_FROM_URL'
  postInfo: PostInfo | null
  urls: string[]
  coverIndex: number
  status: TaskStatus
  stage: Stage
  /** Steps until the stage ends. */
  stepsLeft: number
  /** A step is being taken now. */
  stepping: boolean
  failReason: FailReason | null
  downloadedBytes: number
  upload: Upload | null
  media: Media[]
  post: Post | null
}

/** A post that exists on the platform. */
export interface Post {
  /** An int64 above 2^53. */
  id: bigint
  publishId: string
  account: Account
  createdAt: Date
  kind: 'video' | 'photo'
  title: string
  description: string
  privacy: PrivacyLevel
  media: Media[]
  /** API clients can read the id: the post is public and has passed moderation. */
  publiclyAvailable: boolean
  removed: boolean
  views: number
  likes: number
  comments: number
  shares: number
}
