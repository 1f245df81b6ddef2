import { sql } from 'kysely'
import type { Db, Trx } from '../../db/connect.ts'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { fetchPicture, type FetchedPicture } from '../media/picture.ts'
import type { BundleAccountRow, BundleRow, VideoSlotRow } from '../../kernel/rows.ts'
import { accountOf, slotsOf } from './get.ts'

/** Something that blocks publishing: a stable code, where it is, and what to do. */
export interface Blocker {
  code: string
  path: string
  message: string
}

export interface Readiness {
  blockers: Blocker[]
  /** The account's picture as just downloaded; null if there is none or the download failed. */
  picture: FetchedPicture | null
}

function slotBlockers(slot: VideoSlotRow, today: string): Blocker[] {
  const path = `videos.${slot.position}`
  if (slot.configured_at === null)
    return [{ code: 'video_not_configured', path, message: `has no values yet; PUT them to videos/${slot.position}` }]
  const found: Blocker[] = slot.media_problems.map(({ code, message }) => ({ code, path: `${path}.media_url`, message }))
  if (slot.media_checked_at === null)
    found.push({
      code: 'media_being_checked',
      path: `${path}.media_url`,
      message: 'is still being downloaded and checked; try again soon',
    })
  if (slot.target_publish_date !== null && slot.target_publish_date < today)
    found.push({
      code: 'target_date_passed',
      path: `${path}.target_publish_date`,
      message: `${slot.target_publish_date} has passed; give a later date`,
    })
  return found
}

async function accountBlockers(db: Db | Trx, bundle: BundleRow, account: BundleAccountRow): Promise<Blocker[]> {
  const { username } = account
  if (account.configured_at === null || username === null)
    return [{ code: 'account_not_configured', path: 'account', message: 'is not configured; PUT its values to account' }]
  const other = await db
    .selectFrom('profiles')
    .select('id')
    .where('platform', '=', bundle.platform)
    .where(sql`lower(username)`, '=', username.toLowerCase())
    .where('status', 'not in', ['failed', 'deactivated'])
    .executeTakeFirst()
  return other
    ? [
        {
          code: 'username_taken',
          path: 'account.username',
          message: `an active ${bundle.platform} profile already has the username ${username}`,
        },
      ]
    : []
}

/** Everything that blocks publishing, except for the picture, which has to be downloaded. */
export async function storedBlockers(db: Db | Trx, bundle: BundleRow, now: Date): Promise<Blocker[]> {
  const account = await accountOf(db, bundle)
  const slots = await slotsOf(db, bundle)
  const today = now.toISOString().slice(0, 10)
  const standing =
    bundle.status === 'pending_setup' || bundle.status === 'configured'
      ? []
      : [{ code: 'invalid_status', path: 'status', message: `is ${bundle.status}; only a configured bundle can be published` }]
  return [
    ...standing,
    ...(account ? await accountBlockers(db, bundle, account) : []),
    ...slots.flatMap((slot) => slotBlockers(slot, today)),
  ]
}

/** Like {@link storedBlockers}, and downloads the account's picture if the bundle's status allows publishing. */
export async function readinessOf(ctx: Context, bundle: BundleRow): Promise<Readiness> {
  const blockers = await storedBlockers(ctx.db, bundle, ctx.clock.now())
  const url = (await accountOf(ctx.db, bundle))?.profile_picture_url
  if (url == null || bundle.status !== 'configured') return { blockers, picture: null }
  try {
    return { blockers, picture: await fetchPicture(ctx, bundle.team_id, url) }
  } catch (error) {
    if (!(error instanceof CroftError)) throw error
    return {
      blockers: [...blockers, { code: error.code, path: 'account.profile_picture_url', message: error.message }],
      picture: null,
    }
  }
}
