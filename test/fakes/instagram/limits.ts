const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** The numbers of Meta's documentation, as of November 2026. Milliseconds and bytes unless the name says otherwise. */
export const limits = {
  /** business-login: an authorisation code is good for an hour. */
  codeLife: hour,
  /** business-login, access_token: a short-lived token is good for an hour, a long-lived one for 60 days. */
  shortTokenLife: hour,
  longTokenLife: 60 * day,
  /** refresh_access_token: the token must be at least this old. */
  refreshAge: 24 * hour,

  /** content-publishing: life of a container, and how many of them an account may create in a rolling day. */
  containerLife: 24 * hour,
  containersPerDay: 400,
  day,

  captionLength: 2200,
  hashtags: 30,
  mentions: 20,
  collaborators: 3,
  userTags: 20,
  childrenLeast: 2,
  childrenMost: 10,

  imageBytes: 8 * 1024 ** 2,
  imageRatioLeast: 4 / 5,
  imageRatioMost: 1.91,

  reel: { bytes: 300 * 1024 ** 2, seconds: [3, 15 * 60] },
  story: { bytes: 100 * 1024 ** 2, seconds: [3, 60] },
  videoWidth: 1920,
  videoRatio: [0.01, 10],
  framesPerSecond: [23, 60],
  videoBitsPerSecond: 25_000_000,
  audioHertz: 48_000,

  /** insights: story metrics are available for this long. */
  storyMetrics: 24 * hour,
  /** insights: a story with fewer viewers has no metrics. */
  storyViewers: 5,
} as const
