import type { IngestContext, IngestInput, IngestResult } from './ingest/context.ts'
import { reasonsOf } from './ingest/refusal.ts'
import { takeSlideshow } from './take-slideshow.ts'
import { takeVideo } from './take-video.ts'

/**
 * Downloads, checks and stores a piece of media. A problem of the file or its server is a result; a problem of Croft is
 * thrown, and nothing is kept.
 * @throws {StorageFullError}, the store's own errors, and `signal.reason`
 */
export async function ingest(context: IngestContext, input: IngestInput): Promise<IngestResult> {
  try {
    return input.media_type === 'video' ? await ingestVideo(context, input) : await ingestSlideshow(context, input)
  } catch (error) {
    return reasonsOf(error, 'media')
  }
}

async function ingestVideo(context: IngestContext, { source }: IngestInput): Promise<IngestResult> {
  const { info, problems, warnings, blob } = await takeVideo(context, source, true)
  if (info === null || blob === null) return { ok: false, problems, retryable: false }
  return { ok: true, media: { ...info, files: [{ ...blob, content_type: 'video/mp4' }] }, warnings }
}

async function ingestSlideshow(context: IngestContext, { source }: IngestInput): Promise<IngestResult> {
  const { info, problems, warnings, files } = await takeSlideshow(context, source, true)
  if (info === null || files.length === 0) return { ok: false, problems, retryable: false }
  return { ok: true, media: { ...info, files }, warnings }
}
