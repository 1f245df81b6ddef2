import { open } from 'node:fs/promises'
import sharp, { type Sharp } from 'sharp'
import { lookBytes, looksLike, type Look } from './looks-like.ts'

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif'

/** What a picture is. Width and height in pixels, as it is seen: EXIF rotation applied. */
export interface Image {
  format: ImageFormat
  width: number
  height: number
  /** No EXIF rotation to apply. */
  upright: boolean
}

/** Why a file is no picture for Croft. */
export type ImageFault =
  { fault: 'other_format'; words: string } | { fault: 'too_many_pixels'; width: number; height: number } | { fault: 'damaged' }

const decodeSeconds = 30

/** Reads the header, then decodes the whole picture for real. Pixels are judged by the header, before any is decoded. */
export async function readImage(path: string, maxPixels: number): Promise<Image | ImageFault> {
  const { format, words } = await lookAt(path)
  if (!isImage(format)) return { fault: 'other_format', words }
  try {
    const found = await sharp(path, { limitInputPixels: false, failOn: 'none' }).metadata()
    if (found.format !== (format === 'avif' ? 'heif' : format)) return { fault: 'damaged' }
    const { width, height } = found.autoOrient
    if (width * height > maxPixels) return { fault: 'too_many_pixels', width, height }
    await inTurn(() => pixels(path, maxPixels).resize(8, 8, { fit: 'fill' }).raw().toBuffer())
    return { format, width, height, upright: (found.orientation ?? 1) === 1 }
  } catch (error) {
    if (error instanceof Error) return { fault: 'damaged' }
    throw error
  }
}

/** Writes the picture upright as a JPEG, what is transparent on white, without its metadata (place, camera, thumbnail). */
export async function writeJpeg(from: string, to: string, maxPixels: number): Promise<void> {
  // Optimised coding would hold every coefficient in memory, and saves 5 %.
  const options = { quality: 90, optimiseCoding: false }
  await inTurn(() => pixels(from, maxPixels).autoOrient().flatten({ background: '#fff' }).jpeg(options).toFile(to))
}

/** Writes the picture upright as a PNG, without its metadata. */
export async function writePng(from: string, to: string, maxPixels: number): Promise<void> {
  await inTurn(() => pixels(from, maxPixels).autoOrient().png().toFile(to))
}

let turn: Promise<unknown> = Promise.resolve()

/** One picture at a time in this process, in order of asking: 50 megapixels take 0.1 to 0.5 GB, as AVIF 1 GB. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work)
  turn = mine.catch(() => null)
  return mine
}

function pixels(path: string, maxPixels: number): Sharp {
  sharp.concurrency(1)
  sharp.cache(false)
  const options = { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true } as const
  return sharp(path, options).timeout({ seconds: decodeSeconds })
}

async function lookAt(path: string): Promise<Look> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(lookBytes), 0, lookBytes, 0)
    return await looksLike(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

/** Of what `looksLike` says: a picture that Croft takes. */
export function isImage(format: Look['format']): format is ImageFormat {
  return format === 'jpeg' || format === 'png' || format === 'webp' || format === 'avif'
}
