import type { PostRow } from '../../kernel/rows.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { acceptPosts } from './accept.ts'
import { checkPost, type PostInput } from './input.ts'

/**
 * Accepts a post; nothing is fetched here. Source: Algorhythm's “Post to a farm profile”.
 * @throws CroftError `validation_error`, `profile_not_found`, `profile_not_ready`, `cadence_exceeded`, `driver_unavailable`
 */
export async function createPost(unit: UnitOfWork, profileId: string, input: PostInput): Promise<PostRow> {
  checkPost(unit.ctx, input)
  return unit.commitShared(acceptPosts, { profileId, input })
}
