import type { Problem } from './problem.ts'

export type MediaType = 'video' | 'slideshow'

/** What was found out about a file. Members that a kind does not have are null. */
export interface MediaInfo {
  kind: MediaType
  /** Bytes of the file as given (of the zip, for a slideshow). */
  size: number
  /** Seconds, to the millisecond. */
  duration_s: number | null
  /** Pixels, after rotation; of the first slide, for a slideshow. */
  width: number | null
  height: number | null
  /** Clockwise degrees that players turn the stored picture by. */
  rotation: 0 | 90 | 180 | 270 | null
  /** `h264`, `hevc`, `vp9`, …, or the file's own four letters. */
  codec: string | null
  slides: number | null
}

/** `info` is null where the file could not be read at all. */
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
