import { invalid, refuse } from '../errors.ts'
import { booleanOf, type Parameters } from '../parameters.ts'
import type { ContainerKind, Login, MediaKind } from '../state.ts'

/** What the parameters ask for. */
export interface Shape {
  kind: ContainerKind
  /** Null for a carousel. */
  media: MediaKind | null
  /** The file's address; null for a carousel and for a resumable upload. */
  url: string | null
  resumable: boolean
}

/** Refuses parameters from which no container can be made: a wrong media type, or media missing or given twice. */
export function shapeOf(sent: Parameters, login: Login): Shape {
  const item = booleanOf(sent, 'is_carousel_item') === true
  const type = sent.media_type
  if (type === 'CAROUSEL') {
    if (item) refuse('100/2207023')
    if (sent.image_url !== undefined || sent.video_url !== undefined)
      invalid('A carousel takes children, not image_url or video_url')
    return { kind: 'carousel', media: null, url: null, resumable: false }
  }
  const resumable = isResumable(sent, login)
  const { media, url } = mediaIn(sent, resumable)
  switch (type) {
    case 'REELS':
      if (item) return refuse('100/2207023', 'Reels cannot be part of a carousel')
      if (media !== 'video') return invalid('The parameter video_url is required')
      return { kind: 'reel', media, url, resumable }
    case 'STORIES':
      if (item) return refuse('100/2207023', 'Stories cannot be part of a carousel')
      return { kind: 'story', media, url, resumable }
    // Retired for posts of one video; the documents do not say what a video of a carousel sends, so it may send VIDEO or nothing.
    case 'VIDEO':
      if (!item || media !== 'video') return refuse('100/2207023')
      return { kind: 'item', media, url, resumable }
    case undefined:
      if (item) return { kind: 'item', media, url, resumable }
      if (media !== 'image') return refuse('100/2207023', 'The parameter media_type is required for a video')
      return { kind: 'image', media, url, resumable }
    default:
      return refuse('100/2207023', `The media type ${type} is unknown`)
  }
}

/** `upload_type=resumable`, which only apps with Facebook Login may use; with Instagram Login, video_url is asked for. */
function isResumable(sent: Parameters, login: Login): boolean {
  if (sent.upload_type === undefined) return false
  if (sent.upload_type !== 'resumable') return invalid(`The upload_type ${sent.upload_type} is unknown`)
  if (login === 'instagram') return invalid('The parameter video_url is required')
  if (sent.video_url !== undefined || sent.image_url !== undefined)
    return invalid('A resumable upload takes no video_url and no image_url')
  return true
}

function mediaIn(
  { image_url: image, video_url: video }: Parameters,
  resumable: boolean,
): { media: MediaKind; url: string | null } {
  if (resumable) return { media: 'video', url: null }
  if (image !== undefined && video !== undefined) return invalid('Only one of image_url and video_url may be given')
  if (video !== undefined) return { media: 'video', url: video }
  return { media: 'image', url: image ?? invalid('The parameter image_url is required') }
}
