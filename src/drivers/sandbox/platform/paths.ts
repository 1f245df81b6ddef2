import type { Platform } from '../../../db/schema.ts'

/** The path of a profile's page: `/sandbox/@name`, for Instagram `/sandbox/instagram/@name`. */
export const profilePath = (platform: Platform, username: string): string =>
  `/sandbox/${platform === 'instagram' ? 'instagram/' : ''}@${encodeURIComponent(username)}`

/** The path of a post's page, also for slideshows: the profile's path and `/video/ID`. */
export const postPath = (platform: Platform, username: string, id: string): string =>
  `${profilePath(platform, username)}/video/${id}`
