/** Every event and when it is written. docs/events.md is this table. */
export const eventTypes = {
  'profile.status_changed': 'A profile moved through its lifecycle.',
  'profile.updated': 'Stored values of a profile changed, by an edit or on the platform.',
  'profile.edit_failed': 'The platform did not take an edit; the stored values are not what it shows.',
  'warmup.completed': 'A warm-up run ended well.',
  'warmup.failed': 'A warm-up run failed and counts for nothing.',
  'post.scheduled': 'A post was accepted, or given another time.',
  'post.media_rejected': 'The media of a post failed its checks; the reasons are all there.',
  'post.publishing': 'The driver began to publish.',
  'post.draft_saved': 'The post is saved as a draft.',
  'post.published': 'The post is live.',
  'post.failed': 'The post was not published.',
  'post.canceled': 'The post was called off.',
  'post.unconfirmed': 'Nobody knows whether the post went out; a person decides.',
  'webhook_endpoint.disabled': 'Croft switched a webhook endpoint off: it failed for days, or answered 410.',
} as const

export type EventType = keyof typeof eventTypes

export const eventNames = Object.keys(eventTypes) as EventType[]
