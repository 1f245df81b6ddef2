import { stat } from 'node:fs/promises'
import { tooLarge } from '../ingest/download.ts'
import { readImage, type ImageContext, type ImageFault } from '../ingest/image.ts'
import type { Problem } from '../base/problem.ts'
import { tooCostly } from '../base/words.ts'
import type { PictureInfo } from './types.ts'

export interface PictureRules {
  requireSquare: boolean
  maxBytes: number
  maxPixels: number
}

/** Inspects a picture file and returns everything that keeps it from being a profile picture. It is fully decoded. */
export async function inspectPicture(
  path: string,
  { requireSquare, maxBytes, maxPixels }: PictureRules,
  context: ImageContext,
): Promise<{ info: PictureInfo | null; problems: Problem[] }> {
  const { size } = await stat(path)
  if (size > maxBytes) return { info: null, problems: [tooLarge(size, maxBytes, 'picture')] }
  const image = await readImage(path, maxPixels, context)
  if ('fault' in image) return { info: null, problems: [explain(image, maxPixels)] }
  const { width, height, format } = image
  const problems: Problem[] = []
  if (requireSquare && width !== height) {
    const message = `Profile picture must have a 1:1 aspect ratio (square). Provided image is ${width}x${height}.`
    problems.push({ code: 'invalid_image_ratio', message })
  }
  return { info: { width, height, format }, problems }
}

/** The problem of a file of another type. `words` comes from `detectType`. */
export function notAnImage(words: string): Problem {
  return { code: 'picture_not_an_image', message: `the file is ${words}; give a JPEG, PNG, WebP or AVIF picture` }
}

function explain(fault: ImageFault, maxPixels: number): Problem {
  switch (fault.fault) {
    case 'other_format':
      return notAnImage(fault.words)
    case 'too_many_pixels': {
      const message = `the picture is ${fault.width}x${fault.height} pixels, at most ${maxPixels / 1e6} megapixels`
      return { code: 'picture_too_large', message }
    }
    case 'too_costly':
      return { code: 'picture_too_large', message: `the picture ${tooCostly}` }
    case 'damaged':
      return { code: 'picture_not_an_image', message: 'the picture is damaged and cannot be decoded; export it again' }
  }
}
