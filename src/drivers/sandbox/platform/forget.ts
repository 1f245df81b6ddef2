import { sql } from 'kysely'
import type { SandboxPlatform } from './types.ts'

/**
 * Deletes the posts with these references, and their uploads; without references, also the account of the session. An
 * account that another session has taken over stays.
 */
export async function forget({ db }: SandboxPlatform, session: string, refs: readonly string[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const account = sql`(select id from sandbox_accounts where session = ${session})`
    const whole = sql`(${refs.length === 0} and account_id in ${account})`
    const { rows } = await sql<{ upload_id: string }>`
      delete from sandbox_posts where ref = any(${refs}::text[]) or ${whole} returning upload_id`.execute(trx)
    await sql`
      delete from sandbox_uploads u where (id = any(${rows.map((row) => row.upload_id)}::text[]) or ${whole})
        and not exists (select from sandbox_posts p where p.upload_id = u.id)`.execute(trx)
    if (refs.length === 0) await sql`delete from sandbox_accounts where session = ${session}`.execute(trx)
  })
}
