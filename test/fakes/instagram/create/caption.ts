import { refuse } from '../errors.ts'
import { limits } from '../limits.ts'

/** Refuses a caption that is too long (36004/2207010) or has too many hashtags or mentions (100/2207040). */
export function checkCaption(caption: string): void {
  // The documents say characters; they are counted as code points.
  if (Array.from(caption).length > limits.captionLength) refuse('36004/2207010')
  if (count(caption, /#[\p{L}\p{N}_]+/gu) > limits.hashtags) refuse('100/2207040')
  if (count(caption, /@[\w.]+/g) > limits.mentions) refuse('100/2207040')
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0
