import type { Platform } from '../../../db/schema.ts'

/** The path of a profile's page: `/sandbox/@name`, Instagram's `/sandbox/instagram/@name`. */
export const profilePath = (platform: Platform, username: string): string =>
  `/sandbox/${platform === 'instagram' ? 'instagram/' : ''}@${encodeURIComponent(username)}`

/** The path of a post's page, slideshows included: the profile's and `/video/ID`. */
export const postPath = (platform: Platform, username: string, id: string): string =>
  `${profilePath(platform, username)}/video/${id}`
