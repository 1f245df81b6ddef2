/**
 * The numbers of TikTok's documents, as read in November 2026 on https://developers.tiktok.com/doc/.
 * Where the documents say MB without saying which, decimal megabytes are meant.
 */

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** oauth-user-access-token-management. Older pages say 24 hours and 365 days. */
export const lifetimes = {
  accessSeconds: 2 * hour,
  refreshSeconds: 180 * day,
  /** The documents do not say how long a code lives. */
  codeSeconds: 10 * minute,
  uploadUrlSeconds: hour,
  avatarSeconds: 2 * hour,
}

/** content-posting-api-media-transfer-guide */
export const chunkRules = {
  smallest: 5_000_000,
  largest: 64_000_000,
  largestLast: 128_000_000,
  most: 1000,
  /** 4 GB, read as 2^30 bytes each. */
  largestVideo: 4 * 1024 ** 3,
  contentTypes: ['video/mp4', 'video/quicktime', 'video/webm'],
}

/** content-posting-api-reference-direct-post, content-posting-api-reference-photo-post. Lengths in UTF-16 units. */
export const textRules = { videoTitle: 2200, photoTitle: 90, photoDescription: 4000 }
/** 1080p, read as 1920 by 1080 in either orientation. */
export const photoRules = { most: 35, largestBytes: 20_000_000, longSide: 1920, shortSide: 1080 }

/** Calls per minute and access token. */
export const callsPerMinute = {
  'creator_info/query': 20,
  'video/init': 6,
  'inbox/video/init': 6,
  'content/init': 6,
  'status/fetch': 30,
}

/** content-sharing-guidelines: figures that may vary. */
export const caps = {
  window: day,
  directPosts: 15,
  pendingDrafts: 5,
  usersOfUnauditedClient: 5,
}

/** tiktok-api-v2-video-list */
export const listRules = { most: 20, pageByDefault: 10, queryMost: 20 }

export const identifierLengths = { publishId: 64, uploadUrl: 256 }
