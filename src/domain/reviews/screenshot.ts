import type { JsonObject } from '../../lib/json.ts'
import { isUuid } from '../../lib/ids.ts'
import { NotStoredError } from '../../media/index.ts'
import type { Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'

/** A picture as its bytes are read from the store. */
export interface Screenshot {
  contentType: string
  size: number
  hash: string
  bytes: Awaited<ReturnType<Context['store']['open']>>
}

const none = () => new CroftError('media_not_found', 'No screenshot was submitted, or it is no longer stored.')

/** The screenshot in a manager's submission. @throws CroftError `media_not_found` */
export async function openScreenshot(ctx: Context, teamId: string, submission: JsonObject | null): Promise<Screenshot> {
  const id = submission?.['screenshot_media_id']
  if (typeof id !== 'string' || !isUuid(id)) throw none()
  const row = await ctx.db
    .selectFrom('media')
    .select('files')
    .where('team_id', '=', teamId)
    .where('id', '=', id)
    .where('kind', '=', 'picture')
    .executeTakeFirst()
  const file = row?.files[0]
  if (!file) throw none()
  try {
    return { contentType: file.content_type, size: file.size, hash: file.hash, bytes: await ctx.store.open(file.hash) }
  } catch (error) {
    throw error instanceof NotStoredError ? none() : error
  }
}
