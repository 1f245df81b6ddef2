import { download } from '../ingest/download.ts'
import type { IngestContext, MediaSource } from '../ingest/context.ts'
import { isImage } from '../base/detect-type.ts'
import { reasonsOf, Refusal } from '../ingest/refusal.ts'
import { withTemporary } from '../store/temporary.ts'
import { TooLargeError } from '../store/types.ts'
import { writeHashed } from '../store/write.ts'
import { bytesInWords } from '../base/words.ts'
import { convertPicture } from './convert.ts'
import { inspectPicture, notAnImage } from './inspect.ts'
import type { PictureResult } from './types.ts'

/**
 * Downloads a profile picture within `limits.pictureMs`, checks it, and stores it upright and re-encoded.
 * @throws as `ingest` does
 */
export async function fetchPicture(
  context: IngestContext,
  input: { source: MediaSource; requireSquare: boolean },
): Promise<PictureResult> {
  const { limits, temporaryDir } = context
  try {
    return await withTemporary(temporaryDir, async (path) => {
      await bring(context, input.source, path)
      const rules = { requireSquare: input.requireSquare, maxBytes: limits.pictureBytes, maxPixels: limits.picturePixels }
      const { info, problems } = await inspectPicture(path, rules, context)
      if (info === null || problems.length > 0) return { ok: false, problems, retryable: false }
      return { ok: true, file: await convertPicture(path, info, { ...context, maxPixels: rules.maxPixels }), info }
    })
  } catch (error) {
    return reasonsOf(error, 'picture')
  }
}

async function bring({ guard, store, limits, signal }: IngestContext, source: MediaSource, path: string): Promise<void> {
  const { pictureBytes: maxBytes, reserveBytes } = limits
  if ('url' in source) {
    const response = await guard.fetch(source.url, {
      headers: { 'accept-encoding': 'identity', accept: 'image/jpeg,image/png,image/webp,image/avif' },
      firstByteMs: limits.pictureMs,
      totalMs: limits.pictureMs,
      maxRedirects: limits.redirects,
      maxBytes,
      ...(signal && { signal }),
    })
    const judge = (type: { format: Parameters<typeof isImage>[0]; words: string }) =>
      isImage(type.format) ? null : notAnImage(type.words)
    await download(response, { path, kind: 'picture', maxBytes, reserveBytes, judge, ...(signal && { signal }) })
    return
  }
  try {
    await writeHashed(await store.open(source.hash), path, { maxBytes, reserveBytes, ...(signal && { signal }) })
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error
    throw new Refusal([{ code: 'picture_too_large', message: `the picture is larger than ${bytesInWords(maxBytes)}` }])
  }
}
