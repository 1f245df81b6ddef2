import { invalid, refuse } from '../errors.ts'
import { booleanOf, type Parameters } from '../parameters.ts'
import type { ContainerKind } from '../state.ts'
import { checkCaption } from './caption.ts'
import type { Shape } from './kind.ts'
import { checkCollaborators, checkTrial, checkUserTags } from './tags.ts'

const everywhere = ['access_token', 'media_type', 'is_carousel_item', 'image_url', 'video_url', 'upload_type']

/** Which kinds of containers take a parameter. One that stands nowhere here is unknown. */
const takenBy: Record<string, readonly ContainerKind[]> = {
  caption: ['image', 'reel', 'carousel', 'story'],
  children: ['carousel'],
  share_to_feed: ['reel'],
  cover_url: ['reel'],
  thumb_offset: ['reel', 'story', 'item'],
  audio_name: ['reel'],
  collaborators: ['image', 'reel', 'carousel'],
  user_tags: ['image', 'reel', 'story', 'item'],
  location_id: ['image', 'reel', 'carousel', 'item'],
  alt_text: ['image', 'item'],
  trial_params: ['reel'],
}

/**
 * Refuses parameters that a container of this shape does not take, and values that are out of bounds.
 * Meta ignores some of what is refused here: a client that sends it has made a mistake.
 */
export function checkParameters(sent: Parameters, shape: Shape): void {
  for (const name of Object.keys(sent)) {
    if (everywhere.includes(name)) continue
    const kinds = takenBy[name] ?? invalid(`Unknown parameter ${name}`)
    if (!kinds.includes(shape.kind)) invalid(`Param ${name} is not supported for this media (${shape.kind})`)
  }
  checkTexts(sent)
  checkVideoOptions(sent, shape)
  if (sent.alt_text !== undefined && shape.media !== 'image') invalid('Param alt_text is supported for images alone')
  if (sent.user_tags !== undefined && shape.media !== null) {
    checkUserTags(sent.user_tags, { media: shape.media, story: shape.kind === 'story' })
  }
}

function checkTexts({ caption, collaborators, location_id: location }: Parameters): void {
  if (caption !== undefined) checkCaption(caption)
  if (collaborators !== undefined) checkCollaborators(collaborators)
  if (location !== undefined && !/^\d+$/.test(location)) invalid('Param location_id must be a valid page id')
}

function checkVideoOptions(sent: Parameters, { media }: Shape): void {
  booleanOf(sent, 'share_to_feed')
  if (sent.trial_params !== undefined) checkTrial(sent.trial_params)
  if (sent.thumb_offset === undefined) return
  if (media !== 'video') invalid('Param thumb_offset is supported for videos alone')
  if (!/^-?\d+$/.test(sent.thumb_offset)) invalid('Param thumb_offset must be an integer')
  if (Number(sent.thumb_offset) < 0) refuse('1/2207057')
}
