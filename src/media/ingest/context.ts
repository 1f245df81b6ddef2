import type { Guard } from '../../net/index.ts'
import type { Isolation } from '../isolated/pool.ts'
import type { MediaLimits } from '../base/limits.ts'
import type { Problem } from '../base/problem.ts'
import type { Store } from '../store/types.ts'
import type { Inspection, MediaType, StoredMedia } from '../base/types.ts'

/** A URL to fetch through the guard, or a file that is already in the store. */
export type MediaSource = { url: string } | { hash: string }

export interface IngestInput {
  source: MediaSource
  media_type: MediaType
}

export interface IngestContext {
  guard: Guard
  store: Store
  limits: MediaLimits
  /** Where files are read that may harm the process. */
  isolation: Isolation
  /** Whose file it is: owners take turns. */
  owner: string
  /** Where downloads wait; best on the same disk as a local store. */
  temporaryDir: string
  signal?: AbortSignal
  /** Runs what reads an untrusted file, so that the caller can tell if the process ended in it. */
  inspecting?: Inspecting
}

export type Inspecting = <T>(work: () => Promise<T>) => Promise<T>

/** `retryable`: the failure may be temporary (5xx, reset, time limit), so an automatic retry makes sense. */
export type IngestResult =
  { ok: true; media: StoredMedia; warnings: Problem[] } | { ok: false; problems: Problem[]; retryable: boolean }

export interface InspectResult extends Inspection {
  ok: boolean
  retryable: boolean
}
