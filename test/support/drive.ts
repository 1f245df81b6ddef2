import type { Context } from '../../src/kernel/context.ts'
import type { PostRow, ProfileRow } from '../../src/kernel/rows.ts'
import type { standingClock } from './clock.ts'
import { postNow } from './posts.ts'
import { carryOut } from './ready-profile.ts'

type Clock = ReturnType<typeof standingClock>

/** When the profile has something to do next, or null. */
export async function nextWork(ctx: Context, profileId: string): Promise<Date | null> {
  const tasks = await ctx.db
    .selectFrom('tasks')
    .select(['status', 'run_at', 'resume_at'])
    .where('profile_id', '=', profileId)
    .where('status', 'in', ['queued', 'waiting'])
    .execute()
  const times = tasks.flatMap((task) => (task.status === 'waiting' ? (task.resume_at ?? []) : task.run_at))
  return times.length === 0 ? null : new Date(Math.min(...times.map(Number)))
}

/** Lets time pass from one piece of the profile's work to the next, and does it, until `enough` or nothing is left to do. */
export async function drive(
  ctx: Context,
  clock: Clock,
  profile: Pick<ProfileRow, 'team_id' | 'id'>,
  enough: () => boolean | Promise<boolean> = () => false,
): Promise<void> {
  for (let turns = 0; turns < 200; turns += 1) {
    await carryOut(ctx, profile)
    if (await enough()) return
    const next = await nextWork(ctx, profile.id)
    if (!next) return
    clock.to(next)
  }
  throw new Error('after 200 turns there was still work')
}

const ended = ['published', 'draft_saved', 'failed', 'unconfirmed', 'canceled']

/** Lets time pass until the post has come to its end. */
export async function drivePost(ctx: Context, clock: Clock, post: PostRow): Promise<PostRow> {
  const profile = { team_id: post.team_id, id: post.profile_id }
  await drive(ctx, clock, profile, async () => ended.includes((await postNow(ctx, post)).status))
  return postNow(ctx, post)
}
