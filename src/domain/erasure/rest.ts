import { sql } from 'kysely'
import type { ProfileRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { blankAudit, eraseMedia, uploadsOnlyIn } from './media.ts'

interface Rest {
  erased: Record<string, number>
  media: number
  audit: number
  creditEntries: number
}

/** What the rows to be deleted refer to: pictures, screenshots, checked videos, and uploads by their address. */
const media = (teamId: string, profileId: string) => sql<{ id: string | null; url: string | null }>`
  select picture_id as id, null as url from profiles where team_id = ${teamId} and id = ${profileId}
  union all select (before ->> 'picture')::uuid, null from audit where team_id = ${teamId} and subject = ${`profile:${profileId}`}
    and before ->> 'picture' ~ '^[0-9a-f-]{36}$'
  union all select a.picture_id, a.profile_picture_url from bundle_accounts a join bundles b on b.team_id = a.team_id and b.id = a.bundle_id
    where b.team_id = ${teamId} and b.profile_id = ${profileId}
  union all select v.media_id, v.media_url from video_slots v join bundles b on b.team_id = v.team_id and b.id = v.bundle_id
    where b.team_id = ${teamId} and b.profile_id = ${profileId}
  union all select picture_id, requested_profile_picture_url from edit_requests where team_id = ${teamId} and profile_id = ${profileId}`

/**
 * Deletes everything of a profile except its posts, and the profile itself, in one transaction. `names`: its id and
 * those of its bundles and edit requests.
 */
export async function eraseRest(tx: Tx, profile: ProfileRow, names: readonly string[]): Promise<Rest> {
  const { team_id: teamId, id } = profile
  const { trx } = tx
  await sql`select from profiles where team_id = ${teamId} and id = ${id} for update`.execute(trx)
  const found = (await media(teamId, id).execute(trx)).rows
  const erased: Record<string, number> = {}
  const remove = async (table: string, where: ReturnType<typeof sql>) => {
    const gone = await sql`delete from ${sql.table(table)} where team_id = ${teamId} and ${where}`.execute(trx)
    erased[table] = Number(gone.numAffectedRows ?? 0n)
  }
  const work = await sql<{ id: string; screenshot: string | null }>`
    delete from work_items where team_id = ${teamId}
      and (profile_id = ${id} or bundle_id = any(${names}::uuid[]) or edit_request_id = any(${names}::uuid[]))
    returning id, submission ->> 'screenshot_media_id' as screenshot`.execute(trx)
  erased['work_items'] = work.rows.length
  const ofBundle = sql`bundle_id = any(${names}::uuid[])`
  const ofProfile = sql`profile_id = ${id}`
  await remove('task_steps', sql`task_id in (select id from tasks where team_id = ${teamId} and profile_id = ${id})`)
  await remove('tasks', ofProfile)
  await remove('timeline', ofProfile)
  await remove('review_failures', sql`subject_id = any(${names}::uuid[])`)
  await remove('orders', sql`(profile_id = ${id} or ${ofBundle})`)
  await remove('edit_requests', ofProfile)
  await remove('video_slots', ofBundle)
  await remove('bundle_accounts', ofBundle)
  await remove('bundles', sql`id = any(${names}::uuid[])`)
  await remove('sandbox_faults', ofProfile)
  await remove('profiles', sql`id = ${id}`)
  await remove(
    'phones',
    sql`id = ${profile.phone_id} and not exists (select from profiles p where p.team_id = ${teamId} and p.phone_id = ${profile.phone_id})`,
  )
  // A response that is stored for an Idempotency-Key contains values: a replay says that they were erased.
  await sql`
    update idempotency_keys set body = '', headers = null where team_id = ${teamId} and status is not null and body ~ ${names.join('|')}`.execute(
    trx,
  )
  const uploads = await uploadsOnlyIn(
    trx,
    teamId,
    found.flatMap((one) => one.url ?? []),
  )
  const files = [...found.flatMap((one) => one.id ?? []), ...work.rows.flatMap((one) => one.screenshot ?? []), ...uploads]
  const subjects = [
    `profile:${id}`,
    ...names.flatMap((name) => [`bundle:${name}`, `edit_request:${name}`]),
    ...work.rows.map((one) => `work:${one.id}`),
    ...files.map((one) => `media:${one}`),
  ]
  const ledger = await sql<{ n: number }>`
    select count(*)::int as n from credit_entries where team_id = ${teamId} and description ~ ${names.join('|')}`.execute(trx)
  return {
    erased,
    media: await eraseMedia(trx, teamId, files),
    audit: await blankAudit(trx, teamId, subjects),
    creditEntries: ledger.rows[0]?.n ?? 0,
  }
}
