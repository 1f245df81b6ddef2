import type { JobLimits } from '../readers/jobs.ts'

const MiB = 1024 * 1024

/**
 * For a video's index. That of an ordinary minute takes a tenth of a second, and one of thousands of boxes 80 MiB
 * beyond the 76 of the process.
 */
export const indexLimits: JobLimits = { bytes: 176 * MiB, cpuMs: 5_000 }

/** For a picture: 50 megapixels of a progressive JPEG take 240 MiB, and 30 of WebP or 13 of AVIF all of it. */
export const pictureLimits: JobLimits = { bytes: 320 * MiB, cpuMs: 30_000 }
