import type { MediaInfo, MediaType, Platform } from '../db/schema.ts'
import type { Json, JsonObject } from '../lib/json.ts'

/**
 * Runs `work` and stores its result under `name`; after a restart the stored result is returned instead. A `once` step
 * that began and has no result is never run again: it throws {@link OutcomeUnknown}, and the task is reconciled. A
 * `once` step must return definite refusals of the other side as values; anything it throws counts as unknown.
 */
export type Step = <T extends Json>(name: string, work: () => Promise<T>, options?: { once?: boolean }) => Promise<T>

/** The stored result of a step of this run, or null. */
export type Recall = <T extends Json>(name: string) => Promise<T | null>

/** It is not known yet whether a `once` step had its effect. */
export class OutcomeUnknown extends Error {}

export type ProfileField = 'name' | 'username' | 'bio' | 'picture'

/** A profile as a driver sees it: the values that it should have on the platform. */
export interface DriverProfile {
  teamId: string
  id: string
  platform: Platform
  username: string
  displayName: string
  bio: string | null
  pictureUrl: string | null
  /** The phone that hosts it, once known. */
  phoneName: string | null
}

/** A post as a driver sees it. `id` is Croft's own, and is sent along if the platform stores a reference. */
export interface DriverPost {
  id: string
  mediaType: MediaType
  /** One URL of the video, or one for each slide in order. */
  mediaUrls: string[]
  info: MediaInfo
  title: string
  description: string
  /** Null: the original sound. */
  soundId: string | null
  isLive: boolean
  privacyLevel: string | null
  isAiGenerated: boolean
  isCommercial: boolean
  /** The platform's id of the draft that goes live now. */
  draftId: string | null
}

export interface Refused {
  code: string
  message: string
  /** Whether the same work may be retried automatically. Only for work that certainly had no effect. */
  retryable: boolean
  /** Who can fix it. */
  who: 'croft' | 'operator' | 'owner' | 'platform'
}

/** The brief for the person who does the work: steps, one per line; what to set, by name; what to download. */
export interface Brief {
  instructions: string
  values: JsonObject
  media: { kind: 'video' | 'slide' | 'picture'; url: string }[]
}

/** `found`: what the account displays; omitted if the driver cannot tell. */
export interface SetUp {
  phoneName: string | null
  found?: { displayName?: string; bio?: string | null }
}

export type Outcome<Done> = { done: Done } | { wait: { until: Date } | { for: 'operator'; brief: Brief } } | { failed: Refused }

/** `at`: when the platform accepted it. A draft has no URL. */
export interface Published {
  platformPostId: string
  url: string | null
  at: Date
}

export type Reconciled = { is: 'published'; done: Published } | { is: 'not_published' } | { is: 'unknown' }

/** Carries work out on a profile. Nothing in it is called inside a transaction. */
export interface Driver {
  name: string
  can: {
    platforms: readonly Platform[]
    publish: readonly MediaType[]
    editProfile: readonly ProfileField[]
    hashtags: boolean
    drafts: boolean
    /** Whether a person does the work: a post then waits for them instead of being published. */
    byPerson?: boolean
  }
  /** Why work cannot be given to this driver at the moment, or null. */
  unavailable(): string | null
  /** `asked`: the fields to set. The other fields stay as they are on the platform, and are reported. */
  setUp(profile: DriverProfile, asked: readonly ProfileField[], step: Step): Promise<Outcome<SetUp>>
  /** `topics`: the topics of the profile, as a note from the team. */
  warmUp(profile: DriverProfile, session: { lengthMs: number; topics?: string | null }, step: Step): Promise<Outcome<JsonObject>>
  editProfile(profile: DriverProfile, fields: readonly ProfileField[], step: Step): Promise<Outcome<JsonObject>>
  publish(profile: DriverProfile, post: DriverPost, step: Step): Promise<Outcome<Published>>
  /**
   * Deletes what the driver stores about posts, by their ids; without ids, about the profile itself. Doing it twice is
   * harmless. What is on a real platform belongs to its owner and stays.
   */
  forget?(profile: { id: string }, posts: readonly string[]): Promise<void>
  /** Asks the platform whether a publish had its effect after its answer was lost. Changes nothing there. */
  reconcile(profile: DriverProfile, post: DriverPost, recall: Recall): Promise<Reconciled>
}
