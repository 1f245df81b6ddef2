import { postPath } from './paths.ts'
import { mediaColumn, newNumber, Refusal, type Limit, type Posted, type SandboxPlatform } from './types.ts'

export interface PublishInput {
  uploadId: string
  /** The caller's own id of the post; the platform stores it without using it. */
  ref: string
  draft: boolean
  title: string
  description: string
  /** Null: the original sound. */
  soundId: string | null
}

/**
 * Publishes an upload, or saves it as a draft. A second call creates a second post, as on a real platform.
 * @param context.visibleFrom when pages and searches by reference begin to display it
 * @throws Refusal `upload_not_found`
 */
export async function publish(
  { db, clock }: SandboxPlatform,
  input: PublishInput,
  context: { limit: Limit; visibleFrom: Date },
): Promise<Posted> {
  return db.transaction().execute(async (trx) => {
    // The lock that uploadState waits for, so that a call in progress cannot change its answer afterwards.
    const upload = await trx
      .selectFrom('sandbox_uploads')
      .selectAll()
      .where('id', '=', input.uploadId)
      .forUpdate()
      .executeTakeFirst()
    if (!upload) {
      const message = `The upload ${input.uploadId} does not exist on the platform. Publish the post again.`
      throw new Refusal({ code: 'upload_not_found', message, retryable: false, who: 'croft' })
    }
    const account = await trx
      .selectFrom('sandbox_accounts')
      .select(['platform', 'username'])
      .where('id', '=', upload.account_id)
      .executeTakeFirstOrThrow()
    const [id, at] = [newNumber(), clock.now()]
    await trx
      .insertInto('sandbox_posts')
      .values({
        id,
        account_id: upload.account_id,
        upload_id: upload.id,
        ref: input.ref,
        kind: upload.kind,
        media: mediaColumn(upload.media),
        title: input.title,
        description: input.description,
        sound_id: input.soundId,
        created_at: at,
        live_at: input.draft ? null : at,
        visible_from: context.visibleFrom,
      })
      .execute()
    context.limit.check()
    return { id, path: input.draft ? null : postPath(account.platform, account.username, id), at, draft: input.draft }
  })
}
