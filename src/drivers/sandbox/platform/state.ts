import { posted, postedRows } from './posted.ts'
import type { Posted, SandboxPlatform } from './types.ts'

/**
 * The outcome of an upload. Strongly consistent: it waits for a publish in progress, and a later one is past its limit.
 * @returns null if the platform does not know the upload; `published` is its first post
 */
export async function uploadState({ db }: SandboxPlatform, uploadId: string): Promise<{ published: Posted | null } | null> {
  return db.transaction().execute(async (trx) => {
    const upload = await trx.selectFrom('sandbox_uploads').select('id').where('id', '=', uploadId).forShare().executeTakeFirst()
    if (!upload) return null
    const row = await postedRows(trx).where('upload_id', '=', uploadId).limit(1).executeTakeFirst()
    return { published: row ? posted(row) : null }
  })
}

/** The state of a post, strongly consistent too; null if it does not exist. */
export async function postState({ db }: SandboxPlatform, id: string): Promise<Posted | null> {
  return db.transaction().execute(async (trx) => {
    const post = await trx.selectFrom('sandbox_posts').select('id').where('id', '=', id).forShare().executeTakeFirst()
    if (!post) return null
    return posted(await postedRows(trx).where('sandbox_posts.id', '=', id).executeTakeFirstOrThrow())
  })
}
