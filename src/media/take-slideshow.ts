import type { IngestContext, MediaSource } from './ingest/context.ts'
import { download } from './ingest/download.ts'
import type { DetectedType } from './base/detect-type.ts'
import type { Problem } from './base/problem.ts'
import { Refusal } from './ingest/refusal.ts'
import { checkSlideshow } from './slideshow/check.ts'
import { convertSlideshow } from './slideshow/convert.ts'
import { withTemporary } from './store/temporary.ts'
import { TooLargeError } from './store/types.ts'
import { writeHashed } from './store/write.ts'
import type { Inspection, MediaFile } from './base/types.ts'
import { requestMedia } from './video/remote.ts'
import { bytesInWords } from './base/words.ts'

/** Checks a zip of slides and, with `keep`, stores the slides if all are good. The zip itself is not kept. */
export async function takeSlideshow(
  context: IngestContext,
  source: MediaSource,
  keep: boolean,
): Promise<Inspection & { files: MediaFile[] }> {
  return withTemporary(context.temporaryDir, async (path) => {
    await bring(context, source, path)
    const { inspecting = (work) => work() } = context
    return inspecting(async () => {
      const { slides, ...found } = await checkSlideshow(path, context)
      const good = keep && found.problems.length === 0
      return { ...found, files: good ? await convertSlideshow(path, slides, context.store, context) : [] }
    })
  })
}

async function bring(context: IngestContext, source: MediaSource, path: string): Promise<void> {
  const { limits, signal } = context
  const { zipBytes: maxBytes, reserveBytes } = limits
  if ('url' in source) {
    const response = await requestMedia({ ...context, url: source.url }, { maxBytes })
    await download(response, { path, kind: 'media', maxBytes, reserveBytes, judge, ...(signal && { signal }) })
    return
  }
  try {
    await writeHashed(await context.store.open(source.hash), path, { maxBytes, reserveBytes, ...(signal && { signal }) })
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error
    throw new Refusal([{ code: 'media_too_large', message: `the zip is larger than ${bytesInWords(maxBytes)}` }])
  }
}

function judge({ format, words }: DetectedType): Problem | null {
  if (format === 'zip') return null
  return { code: 'media_not_zip', message: `the file is ${words}, not a zip of slides` }
}
