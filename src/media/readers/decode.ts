import { open } from 'node:fs/promises'
import sharp, { type Sharp } from 'sharp'
import { isImage, detectBytes, detectType, type ImageFormat, type DetectedType } from '../base/detect-type.ts'

// Runs in a separate process: a picture can take any memory and time, and its decoders are written in C.

export interface ImageSize {
  /** Pixels as displayed: EXIF rotation applied. */
  width: number
  height: number
}

/** What a picture is according to its header. */
export interface Image extends ImageSize {
  format: ImageFormat
  /** No EXIF rotation to apply. */
  upright: boolean
}

export type ImageFound = Image | { fault: 'other_format'; words: string } | { fault: 'damaged' }

export async function readHeader(path: string): Promise<ImageFound> {
  const { format, words } = await decodeOnce(path)
  if (!isImage(format)) return { fault: 'other_format', words }
  try {
    const found = await sharp(path, { limitInputPixels: false, failOn: 'none' }).metadata()
    if (found.format !== (format === 'avif' ? 'heif' : format)) return { fault: 'damaged' }
    const { width, height } = found.autoOrient
    return { format, width, height, upright: (found.orientation ?? 1) === 1 }
  } catch (error) {
    if (error instanceof Error) return { fault: 'damaged' }
    throw error
  }
}

/** Decodes the whole picture. */
export async function decodeImage(path: string, maxPixels: number): Promise<{ fault: 'damaged' } | null> {
  try {
    await pixels(path, maxPixels).resize(8, 8, { fit: 'fill' }).raw().toBuffer()
    return null
  } catch (error) {
    if (error instanceof Error) return { fault: 'damaged' }
    throw error
  }
}

/** Writes the picture upright and without its metadata (place, camera, thumbnail); as a JPEG with transparent parts on white. */
export async function writeImage(order: { from: string; to: string; as: 'jpeg' | 'png'; maxPixels: number }): Promise<ImageSize> {
  const upright = pixels(order.from, order.maxPixels).autoOrient()
  // Optimized coding would hold every coefficient in memory, and saves 5 %.
  const jpeg = { quality: 90, optimiseCoding: false }
  const { width, height } = await (
    order.as === 'png' ? upright.png() : upright.flatten({ background: '#fff' }).jpeg(jpeg)
  ).toFile(order.to)
  return { width, height }
}

function pixels(path: string, maxPixels: number): Sharp {
  sharp.concurrency(1)
  sharp.cache(false)
  return sharp(path, { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true })
}

async function decodeOnce(path: string): Promise<DetectedType> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(detectBytes), 0, detectBytes, 0)
    return await detectType(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}
