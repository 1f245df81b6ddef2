import { fetchMedia, NotLoopback, type FetchedMedia } from '../common/media.ts'
import { isVideo, refusePhoto } from './formats.ts'
import type { Platform } from './platform.ts'
import { photoRules } from './rules.ts'
import type { FailReason, Media, PublishTask } from './types.ts'

const firstBytes = 'bytes=0-1023'

/** Fetches what a task names by URL. @returns the files, or why the task fails */
export async function pullMedia(platform: Platform, task: PublishTask): Promise<Media[] | FailReason> {
  const media: Media[] = []
  for (const url of task.urls) {
    const fetched = await fetchOne(platform, url, task.kind)
    if (!fetched) return task.kind === 'video' ? 'video_pull_failed' : 'photo_pull_failed'
    const refused = task.kind === 'video' ? refuseVideo(fetched) : await refusePhoto(fetched.head)
    if (refused !== null) return refused
    task.downloadedBytes += fetched.size
    media.push({ url, size: fetched.size, sha256: fetched.sha256 })
  }
  return media
}

/** Null if the file cannot be had. A redirect is not followed. */
async function fetchOne({ origins, settings }: Platform, url: string, kind: 'video' | 'photo'): Promise<FetchedMedia | null> {
  try {
    if (kind === 'video' && settings.rangeRequired) {
      const part = await fetchMedia(url, { origins, headers: { range: firstBytes } })
      const total = /^bytes 0-\d+\/(\d+)$/.exec(part.headers['content-range'] ?? '')?.[1]
      if (part.status !== 206 || total === undefined || part.size !== Math.min(1024, Number(total))) return null
    }
    const whole = await fetchMedia(url, { origins, headBytes: kind === 'photo' ? photoRules.largestBytes + 1 : 64 })
    return whole.status === 200 && whole.size > 0 ? whole : null
  } catch (error) {
    // An address that is not on this machine is a mistake in the test.
    if (error instanceof NotLoopback) throw error
    return null
  }
}

const refuseVideo = ({ head }: FetchedMedia): FailReason | null => (isVideo(head) ? null : 'file_format_check_failed')
