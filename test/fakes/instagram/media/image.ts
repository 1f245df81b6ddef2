import sharp from 'sharp'
import { limits } from '../limits.ts'
import type { ContainerKind, MediaFile } from '../state.ts'
import type { StoredFile } from './fetch.ts'
import { MediaRefusal } from './refusal.ts'

/**
 * Opens an image and holds it against the media rules. A width outside of 320 to 1440 is scaled, not refused.
 * @throws MediaRefusal: 36001/2207005 or 36003/2207009
 */
export async function inspectImage({ path, size, sha256 }: StoredFile, kind: ContainerKind): Promise<MediaFile> {
  const { format, width, height } = await metadataOf(path)
  if (format !== 'jpeg') throw new MediaRefusal('36001/2207005', `the image is ${format}`)
  const ratio = width / height
  // The ratio is a rule of the feed: a story or a cover may fill the screen.
  const feed = kind === 'image' || kind === 'item'
  if (feed && (ratio < limits.imageRatioLeast - slack || ratio > limits.imageRatioMost + slack)) {
    throw new MediaRefusal('36003/2207009', `the image is ${width} by ${height}`)
  }
  return { kind: 'image', size, sha256, width, height, seconds: null }
}

/** A side is a whole number of pixels, so that the ratio is seldom exact. */
const slack = 0.01

async function metadataOf(path: string): Promise<{ format: string; width: number; height: number }> {
  try {
    const { format, autoOrient } = await sharp(path).metadata()
    return { format, width: autoOrient.width, height: autoOrient.height }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new MediaRefusal('36001/2207005', `the image cannot be read: ${error.message}`)
  }
}
