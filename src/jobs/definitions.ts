/** Every job is some team's: shares go by it. */
export interface JobData {
  team_id: string
}

/** A kind of job: its name, what it carries, and how it is tried again. The handlers stand elsewhere. */
export interface JobDefinition<Data extends JobData> {
  name: string
  /** Never set; carries the type. */
  data?: Data
  retryLimit: number
  retryDelaySeconds: number
  /** Jobs of this kind under way at once in one process. Most of their time they wait, for a platform or a media server. */
  concurrency: number
  /** How many of those places one team can hold. */
  share: number
}

const job = <Data extends JobData>(definition: JobDefinition<Data>): JobDefinition<Data> => definition

/** Wakes a profile: the worker that gets it carries out the profile's earliest due task, whichever one that is. */
export const wakeProfile = job<{ team_id: string; profile_id: string }>({
  name: 'wake-profile',
  retryLimit: 10,
  retryDelaySeconds: 2,
  concurrency: 64,
  share: 8,
})

/** Fetches, checks and keeps the media of one version of a post. `tries`: how often its server could not give it. */
export const preparePost = job<{ team_id: string; task_id: string; media_version: number; tries?: number }>({
  name: 'prepare-post',
  retryLimit: 3,
  retryDelaySeconds: 5,
  concurrency: 64,
  share: 8,
})

/** Fetches, checks and keeps the media of one version of a bundle's video. `tries`: how often its server could not give it. */
export const checkVideo = job<{ team_id: string; bundle_id: string; position: number; media_version: number; tries?: number }>({
  name: 'check-video',
  retryLimit: 3,
  retryDelaySeconds: 5,
  concurrency: 16,
  share: 4,
})

export const definitions = [wakeProfile, preparePost, checkVideo] as const
