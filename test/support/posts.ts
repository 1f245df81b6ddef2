import type { Context } from '../../src/kernel/context.ts'
import { createPost } from '../../src/domain/posts/create.ts'
import { getPost } from '../../src/domain/posts/get.ts'
import type { PostInput } from '../../src/domain/posts/input.ts'
import { claimRows } from '../../src/domain/media/media-rows.ts'
import { openPreparation } from '../../src/domain/media/prepare.ts'
import { postMedia } from '../../src/domain/posts/prepare.ts'
import type { PostRow, ProfileRow } from '../../src/kernel/rows.ts'
import type { TestTeam } from './croft.ts'

const input: PostInput = {
  mediaType: 'video',
  mediaUrl: 'https://media.example.com/bread.mp4',
  soundId: '7100000000000000000',
  title: 'Rye',
  webhookUrl: 'https://hooks.example.com/croft',
  description: 'Three days of patience',
  executeAt: null,
  isLive: true,
  privacyLevel: null,
  isAiGenerated: false,
  isCommercial: false,
}

/** A post as the verb accepts it; nothing is fetched. */
export const accept = (team: TestTeam, profile: Pick<ProfileRow, 'id'>, values: Partial<PostInput> = {}): Promise<PostRow> =>
  createPost(team.unit, profile.id, { ...input, ...values })

/** Makes one try at a post's media, as a worker would that finds it due after `tries` tries. */
export async function prepare(ctx: Context, post: Pick<PostRow, 'team_id' | 'id'>, tries = 0): Promise<void> {
  const { team_id, id } = post
  await ctx.db
    .updateTable('posts')
    .set({ prepare_at: ctx.clock.now(), prepare_tries: tries })
    .where('team_id', '=', team_id)
    .where('id', '=', id)
    .execute()
  for (const row of await claimRows(ctx, postMedia, [{ team_id, id }]))
    await openPreparation(ctx, postMedia)(row, new AbortController().signal)
}

/** The post as it stands now. */
export const postNow = (ctx: Context, post: Pick<PostRow, 'team_id' | 'id'>): Promise<PostRow> =>
  getPost(ctx.db, post.team_id, post.id)

/** A post whose media is checked and kept. */
export async function prepared(
  ctx: Context,
  team: TestTeam,
  profile: Pick<ProfileRow, 'id'>,
  values: Partial<PostInput> & { mediaUrl: string },
): Promise<PostRow> {
  const post = await accept(team, profile, values)
  await prepare(ctx, post)
  return postNow(ctx, post)
}

/** What the stand-in platform holds under the post's own id. */
export const onPlatform = (ctx: Context, post: Pick<PostRow, 'id'>) =>
  ctx.db.selectFrom('sandbox_posts').selectAll().where('ref', '=', post.id).execute()
