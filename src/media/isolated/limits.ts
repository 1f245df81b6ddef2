import type { JobLimits } from './jobs.ts'

const MiB = 1024 * 1024

/** Of a video's index. That of an ordinary minute takes a tenth of a second, and one of thousands of boxes 100 MiB beyond the 90 of the process. */
export const indexLimits: JobLimits = { bytes: 256 * MiB, cpuMs: 5_000 }

/** Of a picture: 50 megapixels of JPEG and PNG take 240 MiB, and 30 of WebP or 13 of AVIF. */
export const pictureLimits: JobLimits = { bytes: 320 * MiB, cpuMs: 30_000 }
