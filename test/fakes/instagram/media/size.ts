import { limits } from '../limits.ts'
import type { Container } from '../state.ts'
import { MediaRefusal } from './refusal.ts'

/**
 * Holds a file's size against the media rules, as soon as it is known.
 * @throws MediaRefusal: 36000/2207004 for an image, 352/2207026 for a video
 */
export function checkSize(bytes: number, { kind, media }: Pick<Container, 'kind' | 'media'>): void {
  if (media === 'image' && bytes > limits.imageBytes) throw new MediaRefusal('36000/2207004', `the image has ${bytes} bytes`)
  const most = (kind === 'story' ? limits.story : limits.reel).bytes
  if (media === 'video' && bytes > most) throw new MediaRefusal('352/2207026', `the video has ${bytes} bytes`)
}
