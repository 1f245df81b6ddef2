import type { PostStatus, TaskStatus } from '../../db/schema.ts'

/** What can happen to a post, and nothing else. */
export const postLifecycle = {
  media_ready_later: { from: ['preparing'], to: 'scheduled', when: 'The media is checked and kept; the time has not come.' },
  media_ready: { from: ['preparing'], to: 'queued', when: 'The media is checked and kept, and the post is due.' },
  media_rejected: { from: ['preparing'], to: 'failed', when: 'The media fails its checks.' },
  media_replaced: { from: ['scheduled', 'queued'], to: 'preparing', when: 'The post was given other media.' },
  came_due: { from: ['scheduled'], to: 'queued', when: 'Its time has come.' },
  put_off: { from: ['queued'], to: 'scheduled', when: 'The post was given a later time before anything began.' },
  began: { from: ['queued'], to: 'publishing', when: 'The driver begins to publish.' },
  handed_over: { from: ['queued'], to: 'waiting_for_operator', when: 'A person is to publish it.' },
  taken_back: {
    from: ['publishing', 'waiting_for_operator'],
    to: 'queued',
    when: 'The try failed, and nothing can have gone out.',
  },
  published: { from: ['publishing', 'waiting_for_operator', 'unconfirmed'], to: 'published', when: 'The post is live.' },
  draft_saved: { from: ['publishing', 'waiting_for_operator'], to: 'draft_saved', when: 'The draft is on the device.' },
  failed: {
    from: ['publishing', 'waiting_for_operator', 'unconfirmed'],
    to: 'failed',
    when: 'It was not published, and is not retried automatically.',
  },
  unconfirmed: {
    from: ['publishing', 'waiting_for_operator'],
    to: 'unconfirmed',
    when: 'Nobody knows whether it went out; a person decides.',
  },
  draft_released: { from: ['draft_saved'], to: 'queued', when: 'The draft is to go live.' },
  retried: { from: ['failed'], to: 'preparing', when: 'The team asks for another try.' },
  canceled: {
    from: ['preparing', 'scheduled', 'queued', 'draft_saved'],
    to: 'canceled',
    when: 'The team calls it off, or its profile is deactivated.',
  },
} as const satisfies Record<string, { from: readonly PostStatus[]; to: PostStatus; when: string }>

export type PostEvent = keyof typeof postLifecycle

/** The status that the event leads to, or null where it is not allowed. */
export function nextPostStatus(status: PostStatus, event: PostEvent): PostStatus | null {
  const { from, to }: { from: readonly PostStatus[]; to: PostStatus } = postLifecycle[event]
  return from.includes(status) ? to : null
}

/** The status of a post's publish task, which is the post's own seen as work. */
export const taskStatusOf: Readonly<Record<PostStatus, TaskStatus>> = {
  preparing: 'pending',
  scheduled: 'queued',
  queued: 'queued',
  publishing: 'running',
  waiting_for_operator: 'waiting',
  published: 'done',
  draft_saved: 'done',
  failed: 'failed',
  unconfirmed: 'unconfirmed',
  canceled: 'canceled',
}
