import { sql } from 'kysely'
import type { ProfileRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** Whether another active profile of the platform has the username; nobody should pay for an impossible change. */
export async function isTaken(tx: Tx, account: ProfileRow, username: string): Promise<boolean> {
  const other = await tx.trx
    .selectFrom('profiles')
    .select('id')
    .where('platform', '=', account.platform)
    .where(sql`lower(username)`, '=', username.toLowerCase())
    .where('status', 'not in', ['failed', 'deactivated'])
    .where('id', '!=', account.id)
    .executeTakeFirst()
  return other !== undefined
}
