import { createHash } from 'node:crypto'
import type { PostRow } from '../../kernel/rows.ts'
import type { PostInput } from './input.ts'

/** The post's row as the input that it stands for. */
export const inputOf = (post: PostRow): PostInput => ({
  mediaType: post.media_type,
  mediaUrl: post.media_url,
  soundId: post.sound_id,
  title: post.title,
  webhookUrl: post.webhook_url,
  description: post.description,
  executeAt: post.execute_at?.getTime() ?? null,
  isLive: post.is_live,
  privacyLevel: post.privacy_level,
  isAiGenerated: post.is_ai_generated,
  isCommercial: post.is_commercial,
})

const notContent: readonly string[] = ['executeAt', 'webhookUrl'] satisfies (keyof PostInput)[]

/**
 * What would be published, as a text to compare: the media's version, and a hash of everything that a driver gets.
 * Names are sorted and empty members left out, so that a version of Croft with a further member computes the same for
 * the posts of the previous one.
 */
export function contentOf(post: PostRow): string {
  const members = Object.entries(inputOf(post))
    .filter(([name, value]) => !notContent.includes(name) && value !== null && value !== false)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `${post.media_version}:${createHash('sha256').update(JSON.stringify(members)).digest('hex')}`
}
