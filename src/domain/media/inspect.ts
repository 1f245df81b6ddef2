import type { MediaType } from '../../db/schema.ts'
import { inspectOnly, type InspectResult } from '../../media/index.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { CroftError } from '../../kernel/errors.ts'
import { ingestContext } from './ingest-context.ts'
import { mediaBehind, tokenIn } from './own.ts'

/** What a post with this media would meet; nothing is kept. @throws CroftError `media_not_found` for an upload that is not the team's */
export async function inspectMedia(ctx: Context, caller: Caller, url: string, mediaType: MediaType): Promise<InspectResult> {
  const context = ingestContext(ctx, caller.teamId)
  if (tokenIn(ctx, url) === null) return inspectOnly(context, { source: { url }, media_type: mediaType })
  const file = (await mediaBehind(ctx, caller.teamId, url))?.files[0]
  if (!file)
    throw new CroftError(
      'media_not_found',
      'No upload of this team has this address. Upload the file and use the media_url of the answer.',
    )
  return inspectOnly(context, { source: { hash: file.hash }, media_type: mediaType })
}
