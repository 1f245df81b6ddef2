import type { MediaType } from '../../db/schema.ts'
import { ingest, type IngestResult, type Inspecting } from '../../media/index.ts'
import type { Context } from '../../kernel/context.ts'
import { ingestContext } from './ingest-context.ts'
import { mediaBehind, tokenIn, type FindOwn } from './own.ts'

/** How long trouble at the media's own server that may pass is waited for, before each further try. */
export const pausesMs = [5_000, 10_000, 20_000, 40_000]

/** Fetches, checks and stores media; one of Croft's own addresses is read from the store with no request. Throws as `ingest` does. */
export async function bringMedia(
  ctx: Context,
  media: { team_id: string; media_url: string; media_type: MediaType },
  signal: AbortSignal,
  { inspecting, findOwn }: { inspecting: Inspecting; findOwn: FindOwn },
): Promise<IngestResult> {
  const own = tokenIn(ctx, media.media_url) !== null
  const file = own ? (await mediaBehind(ctx, media.team_id, media.media_url, findOwn))?.files[0] : undefined
  if (own && !file) {
    const problem = {
      code: 'media_unreachable' as const,
      message: 'no upload of this team has this address; upload the file and use the media_url of the answer',
    }
    return { ok: false, problems: [problem], retryable: false }
  }
  return ingest(
    { ...ingestContext(ctx, media.team_id), signal, inspecting },
    { source: file ? { hash: file.hash } : { url: media.media_url }, media_type: media.media_type },
  )
}
