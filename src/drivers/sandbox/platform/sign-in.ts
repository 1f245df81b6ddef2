import { sql } from 'kysely'
import type { Platform } from '../../../db/schema.ts'
import { newNumber, type Limit, type SandboxPlatform } from './types.ts'

export interface SignIn {
  /** Who signs in; an account has one session, and the newest takes over. */
  session: string
  platform: Platform
  username: string
  displayName: string
  bio: string | null
  pictureUrl: string | null
  /** What to set on an existing account; a new one gets everything. */
  set: { name: boolean; bio: boolean; picture: boolean }
}

/**
 * Signs a session in to the account with that handle, creating it if necessary, and sets the given public values.
 * @returns the account's id
 */
export async function signIn({ db, clock }: SandboxPlatform, input: SignIn, limit: Limit): Promise<string> {
  const now = clock.now()
  return db.transaction().execute(async (trx) => {
    await sql`
      update sandbox_accounts set session = null
      where session = ${input.session} and (platform, lower(username)) <> (${input.platform}, lower(${input.username}))`.execute(
      trx,
    )
    const { rows } = await sql<{ id: string }>`
      insert into sandbox_accounts (id, platform, username, session, display_name, bio, picture_url, signed_in_at, updated_at)
      values (${newNumber()}, ${input.platform}, ${input.username}, ${input.session}, ${input.displayName}, ${input.bio}, ${input.pictureUrl}, ${now}, ${now})
      on conflict (platform, lower(username)) do update set
        username = excluded.username, session = excluded.session, signed_in_at = excluded.signed_in_at,
        display_name = case when ${input.set.name} then excluded.display_name else sandbox_accounts.display_name end,
        bio = case when ${input.set.bio} then excluded.bio else sandbox_accounts.bio end,
        picture_url = case when ${input.set.picture} then excluded.picture_url else sandbox_accounts.picture_url end,
        updated_at = excluded.updated_at
      returning id`.execute(trx)
    limit.check()
    return rows[0]?.id ?? ''
  })
}

/** The id of the account that the session is signed in to, or null. */
export async function signedIn({ db }: SandboxPlatform, session: string): Promise<string | null> {
  const row = await db.selectFrom('sandbox_accounts').select('id').where('session', '=', session).executeTakeFirst()
  return row?.id ?? null
}
