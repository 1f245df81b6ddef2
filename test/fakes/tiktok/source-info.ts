import { refusal } from './errors.ts'
import type { Members } from './members.ts'
import type { Platform } from './platform.ts'
import { chunkRules, photoRules } from './rules.ts'

export interface ChunkPlan {
  size: number
  chunkSize: number
  chunkCount: number
}

export type VideoSource = { source: 'FILE_UPLOAD'; plan: ChunkPlan } | { source: 'PULL_FROM_URL'; url: string }

/** Reads `source_info` of a video. */
export function readVideoSource(platform: Platform, info: Members): VideoSource {
  const source = info.oneOf('source', ['FILE_UPLOAD', 'PULL_FROM_URL'])
  if (source === 'PULL_FROM_URL') {
    const url = info.text('video_url')
    info.end()
    checkUrl(platform, url)
    return { source, url }
  }
  const plan = {
    size: info.whole('video_size', { least: 1 }),
    chunkSize: info.whole('chunk_size', { least: 1 }),
    chunkCount: info.whole('total_chunk_count', { least: 1 }),
  }
  info.end()
  checkPlan(plan)
  return { source, plan }
}

/** Reads `source_info` of photos: URLs alone. */
export function readPhotoSource(platform: Platform, info: Members): { urls: string[]; coverIndex: number } {
  info.oneOf('source', ['PULL_FROM_URL'])
  const urls = info.texts('photo_images', { most: photoRules.most })
  const coverIndex = info.whole('photo_cover_index', { most: urls.length - 1, or: 0 })
  info.end()
  for (const url of urls) checkUrl(platform, url)
  return { urls, coverIndex }
}

/** Sizes and counts of the chunks, by the media transfer guide. */
function checkPlan({ size, chunkSize, chunkCount }: ChunkPlan): void {
  const { smallest, largest, most, largestLast, largestVideo } = chunkRules
  if (size > largestVideo) throw invalid('The video size is invalid: more than 4 GB')
  if (chunkCount === 1 && chunkSize !== size) throw invalid('The chunk size is invalid: of one chunk it is the video size')
  if (chunkCount === 1 && size > largest) throw invalid('The chunk size is invalid: a file of more than 64 MB has several chunks')
  if (chunkCount > 1 && (chunkSize < smallest || chunkSize > largest)) throw invalid('The chunk size is invalid: not 5 to 64 MB')
  if (chunkCount > most) throw invalid('The total chunk count is invalid: more than 1000')
  if (chunkCount !== Math.floor(size / chunkSize))
    throw invalid('The total chunk count is invalid: not floor(video_size / chunk_size)')
  if (size - chunkSize * (chunkCount - 1) > largestLast) throw invalid('The chunk size is invalid: the last chunk is over 128 MB')
}

// Seen in this spelling for chunks, and as invalid_param in the documents.
const invalid = (message: string) => refusal('invalid_params', message)

function checkUrl({ app }: Platform, url: string): void {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw refusal('invalid_param', `not an https URL: ${url}`)
  if (!app.verifiedPrefixes.some((prefix) => url.startsWith(prefix))) {
    throw refusal('url_ownership_unverified', `the ownership of ${url} is not verified`)
  }
}
