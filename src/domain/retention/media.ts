import { sql } from 'kysely'
import { fileClaims } from './file-claims.ts'
import { removedBy, type PruneBatch } from './prune.ts'

/** Whether a part of a bundle, or an edit request, has ended since `at`; its columns are `status` and `updated_at`. */
const over = (at: Date) => sql`(status in ('finalized', 'canceled', 'completed') and updated_at < ${at})`

/**
 * What still needs a row `m` of media: a post that has not ended, or ended recently; a profile; open managed work; a
 * screenshot, until its work has ended for as long. An upload is also needed while something is to be fetched from its
 * address.
 */
const needed = (at: Date) => sql`
  exists (
    select from posts p where p.team_id = m.team_id and p.media_id = m.id
      and (p.status not in ('published', 'failed', 'canceled') or p.updated_at >= ${at})
  )
  or exists (select from profiles p where p.team_id = m.team_id and p.picture_id = m.id)
  or exists (select from video_slots where team_id = m.team_id and media_id = m.id and not ${over(at)})
  or exists (select from bundle_accounts where team_id = m.team_id and picture_id = m.id and not ${over(at)})
  or exists (select from edit_requests where team_id = m.team_id and picture_id = m.id and not ${over(at)})
  or exists (
    select from work_items w where w.team_id = m.team_id and w.submission ->> 'screenshot_media_id' = m.id::text
      and (w.status not in ('done', 'canceled') or w.updated_at >= ${at})
  )
  or m.kind = 'upload' and (
    exists (select from posts p where p.team_id = m.team_id and p.status = 'preparing' and strpos(p.media_url, m.token) > 0)
    or exists (select from video_slots s where s.team_id = m.team_id and s.media_checked_at is null and strpos(s.media_url, m.token) > 0)
    or exists (
      select from bundle_accounts where team_id = m.team_id and not ${over(at)} and strpos(profile_picture_url, m.token) > 0
    )
  )`

/** Media that nothing needs. Its files get an expired claim, so that the chore `files` deletes those that no other row names. */
export const pruneMedia: PruneBatch = async (trx, { at, id }, limit) => {
  const { rows } = await sql<{ id: string; team_id: string; hashes: string[]; size: number }>`
    select m.team_id, m.id, m.size, array(select f ->> 'hash' from jsonb_array_elements(m.files) f) as hashes
    from teams t cross join lateral (
      select * from media m
      where m.team_id = t.id and m.id < ${id} and coalesce(m.used_at, m.created_at) < ${at} and not (${needed(at)})
      order by m.id limit ${limit} for update skip locked
    ) m limit ${limit}`.execute(trx)
  if (rows.length === 0) return { rows: 0 }
  const gone = sql`unnest(${rows.map((row) => row.team_id)}::uuid[], ${rows.map((row) => row.id)}::uuid[]) as gone (team_id, id)`
  for (const [table, column] of [
    ['posts', 'media_id'],
    ['video_slots', 'media_id'],
    ['bundle_accounts', 'picture_id'],
    ['edit_requests', 'picture_id'],
  ] as const)
    await sql`
      update ${sql.table(table)} r set ${sql.ref(column)} = null from ${gone}
      where r.team_id = gone.team_id and r.${sql.ref(column)} = gone.id`.execute(trx)
  await sql`delete from media m using ${gone} where m.team_id = gone.team_id and m.id = gone.id`.execute(trx)
  await fileClaims(
    trx,
    rows.flatMap((row) => row.hashes),
  )
  return removedBy(rows.map(() => ({})))
}
