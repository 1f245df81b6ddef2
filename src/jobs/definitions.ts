/** A kind of job: its name, what it carries, and how it is tried again. The handlers stand elsewhere. */
export interface JobDefinition<Data extends object> {
  name: string
  /** Never set; carries the type. */
  data?: Data
  retryLimit: number
  retryDelaySeconds: number
  /** Jobs of this kind under way at once in one process. */
  concurrency: number
}

const job = <Data extends object>(definition: JobDefinition<Data>): JobDefinition<Data> => definition

/** Wakes a profile: whoever gets it carries out the profile's earliest due task, whichever one that is. */
export const wakeProfile = job<{ team_id: string; profile_id: string }>({
  name: 'wake-profile',
  retryLimit: 10,
  retryDelaySeconds: 2,
  concurrency: 8,
})

/** Fetches, checks and keeps the media of one version of a post. `tries`: how often its server could not give it. */
export const preparePost = job<{ team_id: string; task_id: string; media_version: number; tries?: number }>({
  name: 'prepare-post',
  retryLimit: 3,
  retryDelaySeconds: 5,
  concurrency: 3,
})

/** Fetches, checks and keeps the media of one version of a bundle's video. `tries`: how often its server could not give it. */
export const checkVideo = job<{ team_id: string; bundle_id: string; position: number; media_version: number; tries?: number }>({
  name: 'check-video',
  retryLimit: 3,
  retryDelaySeconds: 5,
  concurrency: 3,
})

export const definitions = [wakeProfile, preparePost, checkVideo] as const
