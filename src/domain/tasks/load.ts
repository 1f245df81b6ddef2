import { sql } from 'kysely'
import type { DriverPost, DriverProfile } from '../../drivers/contract.ts'
import type { ClaimedTask } from '../../engine/tasks/claim.ts'
import type { Context } from '../../kernel/context.ts'
import type { PostRow, ProfileRow } from '../../kernel/rows.ts'
import { mediaUrl } from '../profiles/details.ts'
import type { BegunTask } from './claim.ts'
import { driverPost, type PostMedia } from './publish.ts'

/** A begun task with its profile and post as a driver sees them. */
export interface TaskWork {
  task: ClaimedTask
  profile: ProfileRow
  driverProfile: DriverProfile
  post: DriverPost | null
}

type LoadedRow = ProfileRow & { task_id: string; picture_token: string | null; phone_name: string | null } & (
    { [column in keyof PostMedia as `media_${column}`]: PostMedia[column] } | { media_token: null }
  )

/** Reads what the drivers are given, of all tasks of a claim in one query. */
export async function loadWork(ctx: Context, begun: readonly BegunTask[]): Promise<TaskWork[]> {
  if (begun.length === 0) return []
  const list = begun.map(({ task, post }) => ({
    team_id: task.team_id,
    task_id: task.id,
    profile_id: task.profile_id,
    media_id: post?.media_id ?? null,
  }))
  const { rows } = await sql<LoadedRow>`
    select v.task_id, p.*, picture.token as picture_token, ph.name as phone_name,
      m.token as media_token, m.kind as media_kind, m.files as media_files, m.info as media_info
    from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as v(team_id uuid, task_id uuid, profile_id uuid, media_id uuid)
    join profiles p on p.team_id = v.team_id and p.id = v.profile_id
    left join media picture on picture.team_id = p.team_id and picture.id = p.picture_id
    left join phones ph on ph.team_id = p.team_id and ph.id = p.phone_id
    left join media m on m.team_id = v.team_id and m.id = v.media_id`.execute(ctx.db)
  const found = new Map(rows.map((row) => [row.task_id, row]))
  return begun.flatMap(({ task, post }) => {
    const row = found.get(task.id)
    return row ? [workOf(ctx, task, post, row)] : []
  })
}

function workOf(ctx: Context, task: ClaimedTask, post: PostRow | null, row: LoadedRow): TaskWork {
  const media =
    row.media_token === null
      ? null
      : { token: row.media_token, kind: row.media_kind, files: row.media_files, info: row.media_info }
  return {
    task,
    profile: row,
    driverProfile: driverProfile(ctx, row, row.picture_token, row.phone_name),
    post: post && media ? driverPost(ctx, post, media) : null,
  }
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
