import { sql } from 'kysely'
import type { Context } from '../../kernel/context.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import { blankAudit, eraseMedia, uploadsOnlyIn } from './media.ts'

const batch = 200

interface Gone {
  id: string
  media_id: string | null
  media_url: string
}

/** Deletes some posts of a profile with everything that belongs to them. @returns null if none is left */
async function eraseSome(ctx: Context, profile: ProfileRow): Promise<{ posts: number; media: number; audit: number } | null> {
  const { team_id: teamId } = profile
  const some = await ctx.db
    .selectFrom('posts')
    .select('id')
    .where('team_id', '=', teamId)
    .where('profile_id', '=', profile.id)
    .limit(batch)
    .execute()
  const ids = some.map(({ id }) => id)
  if (ids.length === 0) return null
  await ctx.drivers.get(profile.driver)?.forget?.(profile, ids)
  return ctx.db.transaction().execute(async (trx) => {
    await sql`
      with gone as (select id from deliveries where team_id = ${teamId} and task_id = any(${ids}::uuid[])), tries as (
        delete from delivery_tries using gone where team_id = ${teamId} and delivery_id = gone.id
      )
      delete from deliveries using gone where team_id = ${teamId} and deliveries.id = gone.id`.execute(trx)
    const work = await sql<{ id: string; screenshot: string | null }>`
      delete from work_items where team_id = ${teamId} and task_id = any(${ids}::uuid[])
      returning id, submission ->> 'screenshot_media_id' as screenshot`.execute(trx)
    await sql`delete from task_steps where team_id = ${teamId} and task_id = any(${ids}::uuid[])`.execute(trx)
    const { rows } = await sql<Gone>`
      delete from posts where team_id = ${teamId} and id = any(${ids}::uuid[]) returning id, media_id, media_url`.execute(trx)
    await sql`delete from tasks where team_id = ${teamId} and id = any(${ids}::uuid[])`.execute(trx)
    const uploads = await uploadsOnlyIn(
      trx,
      teamId,
      rows.map((row) => row.media_url),
    )
    const media = [...rows.flatMap((row) => row.media_id ?? []), ...work.rows.flatMap((row) => row.screenshot ?? []), ...uploads]
    const subjects = [
      ...ids.map((id) => `post:${id}`),
      ...work.rows.map(({ id }) => `work:${id}`),
      ...media.map((id) => `media:${id}`),
    ]
    return {
      posts: rows.length,
      media: await eraseMedia(trx, teamId, media),
      audit: await blankAudit(trx, teamId, subjects),
    }
  })
}

/** Deletes a profile's posts, batch by batch; after an interruption, another call continues. */
export async function erasePosts(ctx: Context, profile: ProfileRow): Promise<{ posts: number; media: number; audit: number }> {
  const total = { posts: 0, media: 0, audit: 0 }
  for (;;) {
    const some = await eraseSome(ctx, profile)
    if (!some) return total
    total.posts += some.posts
    total.media += some.media
    total.audit += some.audit
  }
}
