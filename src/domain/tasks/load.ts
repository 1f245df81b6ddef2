import { sql } from 'kysely'
import type { DriverPost, DriverProfile } from '../../drivers/contract.ts'
import type { ClaimedTask } from '../../engine/tasks/claim.ts'
import type { Context } from '../../kernel/context.ts'
import type { MediaRow, ProfileRow } from '../../kernel/rows.ts'
import { mediaUrl } from '../profiles/view.ts'
import type { BegunTask } from './claim.ts'
import { driverPost } from './publish.ts'

/** A begun task with its profile and post as a driver sees them. */
export interface TaskWork {
  task: ClaimedTask
  profile: ProfileRow
  driverProfile: DriverProfile
  post: DriverPost | null
}

/** Reads what the drivers are given, of all tasks of a claim in two queries. */
export async function loadWork(ctx: Context, begun: readonly BegunTask[]): Promise<TaskWork[]> {
  const [profiles, media] = await Promise.all([loadProfiles(ctx, begun), loadMedia(ctx, begun)])
  return begun.flatMap(({ task, post }) => {
    const profile = profiles.get(task.profile_id)
    if (!profile) return []
    const kept = post?.media_id == null ? undefined : media.get(post.media_id)
    return [{ task, ...profile, post: post && kept ? driverPost(ctx, post, kept) : null }]
  })
}

type Loaded = Pick<TaskWork, 'profile' | 'driverProfile'>

async function loadProfiles(ctx: Context, begun: readonly BegunTask[]): Promise<Map<string, Loaded>> {
  if (begun.length === 0) return new Map()
  const ids = begun.map(({ profile: { team_id, id } }) => ({ team_id, id }))
  const { rows } = await sql<ProfileRow & { picture_token: string | null; phone_name: string | null }>`
    select p.*, m.token as picture_token, ph.name as phone_name
    from jsonb_to_recordset(${JSON.stringify(ids)}::jsonb) as v(team_id uuid, id uuid)
    join profiles p on p.team_id = v.team_id and p.id = v.id
    left join media m on m.team_id = p.team_id and m.id = p.picture_id
    left join phones ph on ph.team_id = p.team_id and ph.id = p.phone_id`.execute(ctx.db)
  return new Map(
    rows.map(({ picture_token, phone_name, ...profile }) => [
      profile.id,
      { profile, driverProfile: driverProfile(ctx, profile, picture_token, phone_name) },
    ]),
  )
}

const driverProfile = (
  ctx: Context,
  profile: ProfileRow,
  pictureToken: string | null,
  phoneName: string | null,
): DriverProfile => ({
  teamId: profile.team_id,
  id: profile.id,
  platform: profile.platform,
  username: profile.username,
  displayName: profile.display_name,
  bio: profile.bio,
  pictureUrl: pictureToken === null ? null : mediaUrl(ctx, pictureToken),
  phoneName,
})

async function loadMedia(ctx: Context, begun: readonly BegunTask[]): Promise<Map<string, MediaRow>> {
  const ids = begun.flatMap(({ post }) => (post?.media_id == null ? [] : [{ team_id: post.team_id, id: post.media_id }]))
  if (ids.length === 0) return new Map()
  const { rows } = await sql<MediaRow>`
    select m.* from jsonb_to_recordset(${JSON.stringify(ids)}::jsonb) as v(team_id uuid, id uuid)
    join media m on m.team_id = v.team_id and m.id = v.id`.execute(ctx.db)
  return new Map(rows.map((row) => [row.id, row]))
}
