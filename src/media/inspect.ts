import type { IngestContext, IngestInput, InspectResult } from './ingest/context.ts'
import { reasonsOf } from './ingest/refusal.ts'
import { takeSlideshow } from './take-slideshow.ts'
import { takeVideo } from './take-video.ts'

/** Downloads and checks a piece of media by the same rules as `ingest`, and keeps nothing. Throws as `ingest` does. */
export async function inspectOnly(context: IngestContext, { source, media_type }: IngestInput): Promise<InspectResult> {
  try {
    const take = media_type === 'video' ? takeVideo : takeSlideshow
    const { info, problems, warnings } = await take(context, source, false)
    return { ok: problems.length === 0, info, problems, warnings, retryable: false }
  } catch (error) {
    return { info: null, warnings: [], ...reasonsOf(error, 'media') }
  }
}
