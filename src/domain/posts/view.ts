import type { Db, Trx } from '../../db/connect.ts'
import type { MediaRow, PostRow } from '../../kernel/rows.ts'

/** A post and what is known of its media. */
export interface PostView {
  row: PostRow
  media: MediaRow | null
}

/** Reads the media of some posts of one team in one query. */
export async function viewPosts(db: Db | Trx, teamId: string, rows: readonly PostRow[]): Promise<PostView[]> {
  const ids = rows.flatMap((row) => row.media_id ?? [])
  const media =
    ids.length === 0
      ? []
      : await db.selectFrom('media').selectAll().where('team_id', '=', teamId).where('id', 'in', ids).execute()
  return rows.map((row) => ({ row, media: media.find((one) => one.id === row.media_id) ?? null }))
}

/** One view. */
export async function viewPost(db: Db | Trx, row: PostRow): Promise<PostView> {
  const [view] = await viewPosts(db, row.team_id, [row])
  return view ?? { row, media: null }
}
