const MiB = 1024 * 1024

/** What media may cost. Sizes are in bytes, times as their names say. */
export interface MediaLimits {
  videoBytes: number
  videoSeconds: number
  zipBytes: number
  slides: number
  slideBytes: number
  slidePixels: number
  /** All slides of a zip, expanded. */
  expandedBytes: number
  pictureBytes: number
  picturePixels: number
  /** A profile picture, from request to last byte. */
  pictureMs: number
  /** Until the first byte of a video or zip. */
  firstByteMs: number
  /** A whole video or zip. */
  totalMs: number
  /** What inspecting a video over the network may read; above it the file is downloaded first. */
  inspectBytes: number
  redirects: number
  /** The least that a server must send in any `slowMs` of waiting for it; a slower server is dropped, and asked again later. */
  slowBytes: number
  slowMs: number
  /** What inspecting a video over the network may transfer in all; above it the file is downloaded first. */
  inspectMs: number
  /** What must stay free on the disk that files are written to. */
  reserveBytes: number
}

/** The limits that hold unless a test sets others; docs/media.md lists them. */
export const defaultLimits: MediaLimits = {
  videoBytes: 2048 * MiB,
  videoSeconds: 60,
  zipBytes: 200 * MiB,
  slides: 35,
  slideBytes: 20 * MiB,
  slidePixels: 50_000_000,
  expandedBytes: 500 * MiB,
  pictureBytes: 20 * MiB,
  picturePixels: 50_000_000,
  pictureMs: 10_000,
  firstByteMs: 10_000,
  totalMs: 600_000,
  inspectBytes: 8 * MiB,
  redirects: 5,
  slowBytes: 256 * 1024,
  slowMs: 30_000,
  inspectMs: 60_000,
  reserveBytes: 256 * MiB,
}
