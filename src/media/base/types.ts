import type { Problem } from './problem.ts'

export type MediaType = 'video' | 'slideshow'

/** What is known about a file. Members that a type does not have are null. */
export interface MediaInfo {
  kind: MediaType
  /** Bytes of the original file (of the zip, for a slideshow). */
  size: number
  /** Seconds, to the millisecond. */
  duration_s: number | null
  /** Pixels, after rotation; of the first slide, for a slideshow. */
  width: number | null
  height: number | null
  /** The rotation that players apply to the stored picture, in degrees clockwise. */
  rotation: 0 | 90 | 180 | 270 | null
  /** `h264`, `hevc`, `vp9`, …, or the file's own four letters. */
  codec: string | null
  slides: number | null
}

/** `info` is null if the file could not be read at all. */
export interface Inspection {
  info: MediaInfo | null
  problems: Problem[]
  warnings: Problem[]
}

/** One stored file of a piece of media. `n` counts slides from 1; a video has none. */
export interface MediaFile {
  /** SHA-256, hex: the name in the store. */
  hash: string
  size: number
  content_type: string
  n?: number
}

export interface StoredMedia extends MediaInfo {
  files: MediaFile[]
}
