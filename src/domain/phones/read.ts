import type { Db } from '../../db/connect.ts'
import { isUuid } from '../../lib/ids.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { afterId, toPage, type Page, type PageRequest } from '../../kernel/keyset-page.ts'
import type { PhoneRow } from '../../kernel/rows.ts'

/** A phone and the active profiles that it hosts. */
export interface PhoneDetails {
  row: PhoneRow
  profiles: { id: string; platform: 'tiktok' | 'instagram'; username: string }[]
}

async function loadPhoneDetails(db: Db, teamId: string, rows: readonly PhoneRow[]): Promise<PhoneDetails[]> {
  if (rows.length === 0) return []
  const hosted = await db
    .selectFrom('profiles')
    .select(['id', 'platform', 'username', 'phone_id'])
    .where('team_id', '=', teamId)
    .where(
      'phone_id',
      'in',
      rows.map((row) => row.id),
    )
    .where('status', 'not in', ['failed', 'deactivated'])
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    row,
    profiles: hosted
      .filter((profile) => profile.phone_id === row.id)
      .map(({ id, platform, username }) => ({ id, platform, username })),
  }))
}

/** The team's phones, newest first. */
export async function listPhones(ctx: Context, caller: Caller, page: PageRequest): Promise<Page<PhoneDetails>> {
  const after = afterId(page.cursor)
  let query = ctx.db.selectFrom('phones').selectAll().where('team_id', '=', caller.teamId)
  if (after) query = query.where('id', '<', after)
  const { items, ...rest } = toPage(
    await query
      .orderBy('id', 'desc')
      .limit(page.limit + 1)
      .execute(),
    page.limit,
  )
  return { items: await loadPhoneDetails(ctx.db, caller.teamId, items), ...rest }
}

/** @throws CroftError `phone_not_found`, also for another team's phone */
export async function getPhone(ctx: Context, caller: Caller, id: string): Promise<PhoneDetails> {
  const row = isUuid(id)
    ? await ctx.db.selectFrom('phones').selectAll().where('team_id', '=', caller.teamId).where('id', '=', id).executeTakeFirst()
    : undefined
  const [details] = row ? await loadPhoneDetails(ctx.db, caller.teamId, [row]) : []
  if (!details)
    throw new CroftError('phone_not_found', 'No phone has this id. Check it, and the key: each team sees its own phones.')
  return details
}
