import type { Problem } from '../base/problem.ts'
import type { MediaFile } from '../base/types.ts'

export interface PictureInfo {
  /** Pixels, after EXIF rotation. */
  width: number
  height: number
  format: 'jpeg' | 'png' | 'webp' | 'avif'
}

export type PictureResult =
  { ok: true; file: MediaFile; info: PictureInfo } | { ok: false; problems: Problem[]; retryable: boolean }
