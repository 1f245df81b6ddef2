import type { IngestContext, MediaSource } from './ingest/context.ts'
import { download } from './ingest/download.ts'
import { withTemporary } from './store/temporary.ts'
import type { Blob } from './store/types.ts'
import type { GuardedResponse } from '../net/index.ts'
import type { Inspection } from './base/types.ts'
import { inspectVideo, notMp4 } from './video/inspect.ts'
import { fileReader, inBlocks, storedBlock, storeReader, type Reader } from './readers/byte-reader.ts'
import { openRemote, RangesUnusable, requestMedia } from './video/remote.ts'

/** The result for a file: `blob` if it is good and in the store. */
export interface Taken extends Inspection {
  blob: Blob | null
}

/**
 * Inspects a video and, with `keep`, stores it if it is good. Over ranges the index is read first, so that a rejected
 * file is never downloaded. What is downloaded is inspected again from disk, so a server that answers differently gains
 * nothing.
 */
export async function takeVideo(context: IngestContext, source: MediaSource, keep: boolean): Promise<Taken> {
  if ('hash' in source) {
    const reader = inBlocks(await storeReader(context.store, source.hash), undefined, storedBlock)
    const found = await inspect(context, reader)
    return { ...found, blob: found.problems.length === 0 ? { hash: source.hash, size: reader.size } : null }
  }
  const early = await inspectRemote(context, source.url)
  if (early.found && (!keep || early.found.problems.length > 0)) return { ...early.found, blob: null }
  return downloadVideo(context, source.url, early.response, keep)
}

const inspect = (context: IngestContext, reader: Reader): Promise<Inspection> => {
  const read = () => inspectVideo(reader, context)
  return context.inspecting ? context.inspecting(read) : read()
}

async function inspectRemote(context: IngestContext, url: string): Promise<{ found?: Inspection; response?: GuardedResponse }> {
  try {
    const file = await openRemote({ ...context, url })
    return 'response' in file ? file : { found: await inspect(context, file.reader) }
  } catch (error) {
    if (error instanceof RangesUnusable) return {}
    throw error
  }
}

async function downloadVideo(
  context: IngestContext,
  url: string,
  begun: GuardedResponse | undefined,
  keep: boolean,
): Promise<Taken> {
  const { limits, signal } = context
  return withTemporary(context.temporaryDir, async (path) => {
    const { videoBytes: maxBytes, reserveBytes } = limits
    const response = begun ?? (await requestMedia({ ...context, url }, { maxBytes }))
    const judge = (type: { format: string | null; words: string }) => (type.format === 'mp4' ? null : notMp4(type.words))
    const blob = await download(response, { path, kind: 'media', maxBytes, reserveBytes, judge, ...(signal && { signal }) })
    const reader = await fileReader(path)
    const found = await inspect(context, reader).finally(() => reader.close())
    const good = keep && found.problems.length === 0
    if (good) await context.store.putFile(path, blob)
    return { ...found, blob: good ? blob : null }
  })
}
