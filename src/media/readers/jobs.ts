import type { ImageFound, ImageSize } from './decode.ts'
import type { IndexPart } from './boxes.ts'
import type { IndexRead } from './tracks.ts'

/** The jobs of the isolated process. Every path is a file in Croft's own temporary folder. */
export interface Jobs {
  /** Reads an MP4's index; the file at `path` holds its parts one after the other. */
  tracks: { in: { path: string; size: number; parts: IndexPart[] }; out: IndexRead }
  /** Reads a picture's header. */
  header: { in: { path: string }; out: ImageFound }
  /** Decodes a picture and keeps nothing: null if it is intact. */
  decode: { in: { path: string; maxPixels: number }; out: { fault: 'damaged' } | null }
  /** Re-encodes a picture, upright and without metadata. */
  write: { in: { from: string; to: string; as: 'jpeg' | 'png'; maxPixels: number }; out: ImageSize }
}

export type JobName = keyof Jobs

export interface Order<N extends JobName = JobName> {
  name: N
  input: Jobs[N]['in']
  limits: JobLimits
}

/** What a job may cost the process that does it. */
export interface JobLimits {
  /** Resident memory of the whole process, in bytes. */
  bytes: number
  /** Processor time, in milliseconds: a busy machine is not a fault of the file. */
  cpuMs: number
}

/** With the memory that the process uses afterwards. */
export type Answer = ({ out: Jobs[JobName]['out'] } | { error: string }) & { bytes: number }
