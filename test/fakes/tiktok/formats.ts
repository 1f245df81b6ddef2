import sharp from 'sharp'
import { photoRules } from './rules.ts'
import type { FailReason } from './types.ts'

/** Whether a file that begins with these bytes is MP4, MOV or WebM. Length, frame rate and codec are not looked at. */
export const isVideo = (head: Buffer): boolean =>
  head.subarray(4, 8).toString() === 'ftyp' || head.subarray(0, 4).toString('hex') === '1a45dfa3'

/** Why a photo is refused, or null. JPEG and WebP are taken, PNG is not. */
export async function refusePhoto(bytes: Buffer): Promise<FailReason | null> {
  if (bytes.length > photoRules.largestBytes) return 'picture_size_check_failed'
  const { format, width, height } = await readPicture(bytes)
  if (format !== 'jpeg' && format !== 'webp') return 'file_format_check_failed'
  const tooLarge = Math.max(width, height) > photoRules.longSide || Math.min(width, height) > photoRules.shortSide
  return tooLarge ? 'picture_size_check_failed' : null
}

async function readPicture(bytes: Buffer): Promise<{ format: string; width: number; height: number }> {
  try {
    return await sharp(bytes).metadata()
  } catch {
    // Not a picture.
    return { format: '', width: 0, height: 0 }
  }
}
