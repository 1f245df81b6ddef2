import { sql } from 'kysely'
import { Refusal, type Limit, type SandboxPlatform } from './types.ts'

/** The values to change; omitted values stay. */
export interface ProfileChanges {
  username?: string
  displayName?: string
  bio?: string | null
  pictureUrl?: string | null
}

/**
 * Changes an account's public values, all or none. The posts follow a new handle.
 * @throws Refusal `username_taken`
 */
export async function setProfile(
  { db, clock }: SandboxPlatform,
  accountId: string,
  changes: ProfileChanges,
  limit: Limit,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const account = await trx
      .selectFrom('sandbox_accounts')
      .selectAll()
      .where('id', '=', accountId)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const { username = account.username } = changes
    const other = await trx
      .selectFrom('sandbox_accounts')
      .select('id')
      .where('platform', '=', account.platform)
      .where(sql`lower(username)`, '=', sql<string>`lower(${username})`)
      .where('id', '<>', accountId)
      .executeTakeFirst()
    if (other) {
      const message = `The handle @${username} belongs to another account. Choose another one.`
      throw new Refusal({ code: 'username_taken', message, retryable: false, who: 'owner' })
    }
    await trx
      .updateTable('sandbox_accounts')
      .set({
        username,
        display_name: changes.displayName ?? account.display_name,
        bio: changes.bio === undefined ? account.bio : changes.bio,
        picture_url: changes.pictureUrl === undefined ? account.picture_url : changes.pictureUrl,
        updated_at: clock.now(),
      })
      .where('id', '=', accountId)
      .execute()
    limit.check()
  })
}
