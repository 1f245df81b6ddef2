import type { MediaType } from '../../../db/schema.ts'
import type { SandboxMedia } from '../../../db/sandbox-tables.ts'
import { mediaColumn, newNumber, type Limit, type SandboxPlatform } from './types.ts'

/**
 * Stores a post's files, which are not visible to anyone yet.
 * @returns the upload's id
 */
export async function upload(
  { db, clock }: SandboxPlatform,
  input: { accountId: string; kind: MediaType; media: SandboxMedia },
  limit: Limit,
): Promise<string> {
  const id = newNumber()
  return db.transaction().execute(async (trx) => {
    await trx
      .insertInto('sandbox_uploads')
      .values({ id, account_id: input.accountId, kind: input.kind, media: mediaColumn(input.media), created_at: clock.now() })
      .execute()
    limit.check()
    return id
  })
}
