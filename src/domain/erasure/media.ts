import { sql } from 'kysely'
import type { Trx } from '../../db/connect.ts'
import { fileClaims } from '../retention/file-claims.ts'

/** Deletes those of the team's media that no other row refers to, and makes the chore `files` delete their files. @returns how many */
export async function eraseMedia(trx: Trx, teamId: string, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0
  const { rows } = await sql<{ hashes: string[] }>`
    delete from media m where m.team_id = ${teamId} and m.id = any(${ids}::uuid[])
      and not exists (select from posts where team_id = m.team_id and media_id = m.id)
      and not exists (select from profiles where team_id = m.team_id and picture_id = m.id)
      and not exists (select from video_slots where team_id = m.team_id and media_id = m.id)
      and not exists (select from bundle_accounts where team_id = m.team_id and picture_id = m.id)
      and not exists (select from edit_requests where team_id = m.team_id and picture_id = m.id)
    returning array(select f ->> 'hash' from jsonb_array_elements(m.files) f) as hashes`.execute(trx)
  await fileClaims(
    trx,
    rows.flatMap((row) => row.hashes),
  )
  return rows.length
}

/** Uploads at these addresses that no post, slot or bundle of the team still refers to. */
export async function uploadsOnlyIn(trx: Trx, teamId: string, urls: readonly string[]): Promise<string[]> {
  const tokens = urls.flatMap((url) => /\/media\/([A-Za-z0-9_-]{43})(?:[/?#]|$)/.exec(url)?.[1] ?? [])
  if (tokens.length === 0) return []
  const { rows } = await sql<{ id: string }>`
    select id from media m where m.team_id = ${teamId} and m.kind = 'upload' and m.token = any(${tokens}::text[])
      and not exists (select from posts where team_id = m.team_id and strpos(media_url, m.token) > 0)
      and not exists (select from video_slots where team_id = m.team_id and strpos(media_url, m.token) > 0)
      and not exists (select from bundle_accounts where team_id = m.team_id and strpos(profile_picture_url, m.token) > 0)`.execute(
    trx,
  )
  return rows.map((row) => row.id)
}

/** Reduces audit rows to who did what to which thing, and when. @returns how many */
export async function blankAudit(trx: Trx, teamId: string, subjects: readonly string[]): Promise<number> {
  const blanked = await sql`
    update audit set before = null, after = null where team_id = ${teamId} and subject = any(${subjects}::text[])`.execute(trx)
  return Number(blanked.numAffectedRows ?? 0n)
}
