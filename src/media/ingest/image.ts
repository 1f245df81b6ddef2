import type { IngestContext } from './context.ts'
import { pictureLimits } from '../isolated/limits.ts'
import { TooCostlyError } from '../isolated/pool.ts'
import type { ImageFormat } from '../base/detect-type.ts'
import type { Image } from '../readers/decode.ts'

/** Why a file is not a picture for Croft. */
export type ImageFault =
  | { fault: 'other_format'; words: string }
  | { fault: 'too_many_pixels'; width: number; height: number }
  | { fault: 'damaged' }
  | { fault: 'too_costly' }

export type ImageContext = Pick<IngestContext, 'isolation' | 'owner' | 'signal'>

/** Reads the header, then decodes the whole picture. Pixels are checked by the header, before anything is decoded. */
export async function readImage(path: string, maxPixels: number, context: ImageContext): Promise<Image | ImageFault> {
  const { isolation, owner, signal } = context
  try {
    const image = await isolation.run(owner, 'header', { path }, pictureLimits, signal)
    if ('fault' in image) return image
    const { width, height } = image
    if (width * height > maxPixels) return { fault: 'too_many_pixels', width, height }
    const decode = () => isolation.run(owner, 'decode', { path, maxPixels }, pictureLimits, signal)
    return (await inTurn(image, context, decode)) ?? image
  } catch (error) {
    if (error instanceof TooCostlyError) return { fault: 'too_costly' }
    throw error
  }
}

/** Writes the picture upright, without its metadata (place, camera, thumbnail); as a JPEG with transparent parts on white. */
export async function writeImage(
  order: { from: string; to: string; as: 'jpeg' | 'png'; maxPixels: number },
  image: Pick<Image, 'width' | 'height' | 'format'>,
  context: ImageContext,
): Promise<void> {
  const { isolation, owner, signal } = context
  await inTurn(image, context, () => isolation.run(owner, 'write', order, pictureLimits, signal))
}

/** Pixels that a picture decodes to within about 100 MB. */
const smallPixels: Record<ImageFormat, number> = { jpeg: 12e6, png: 12e6, webp: 6e6, avif: 3e6 }

/** Large pictures one at a time; their owners take turns. */
async function inTurn<T>(
  { width, height, format }: Pick<Image, 'width' | 'height' | 'format'>,
  { isolation, owner, signal }: ImageContext,
  work: () => Promise<T>,
): Promise<T> {
  if (width * height <= smallPixels[format]) return work()
  const release = await isolation.takeMemory(owner, signal)
  try {
    return await work()
  } finally {
    release()
  }
}
