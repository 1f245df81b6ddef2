import { crc32 } from 'node:zlib'
import type { ZipFile } from 'yauzl'
import type { MediaLimits } from '../base/limits.ts'
import { Refusal } from '../ingest/refusal.ts'
import { StorageFullError, TooLargeError, type Blob } from '../store/types.ts'
import { writeHashed } from '../store/write.ts'
import { quoteName } from '../base/words.ts'
import type { SlideEntry } from './entries.ts'

/** Writes one slide to the new file `path`; never more than a slide may have, whatever the zip claims. @throws {Refusal} */
export async function extract(
  zip: ZipFile,
  slide: SlideEntry,
  path: string,
  limits: Pick<MediaLimits, 'slideBytes' | 'reserveBytes'>,
  signal?: AbortSignal,
): Promise<Blob> {
  let crc = 0
  async function* summed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of await zip.openReadStreamPromise(slide.entry)) {
      crc = crc32(chunk as Buffer, crc)
      yield chunk as Buffer
    }
  }
  try {
    const blob = await writeHashed(summed(), path, {
      maxBytes: limits.slideBytes,
      reserveBytes: limits.reserveBytes,
      ...(signal && { signal }),
    })
    if (crc !== slide.entry.crc32) throw unreadable(slide, 'its checksum is wrong')
    return blob
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof Refusal || error instanceof StorageFullError || !(error instanceof Error) || 'syscall' in error)
      throw error
    throw unreadable(slide, error instanceof TooLargeError ? 'it expands to more than it says' : error.message.slice(0, 200))
  }
}

function unreadable(slide: SlideEntry, why: string): Refusal {
  const message = `${quoteName(slide.name)} cannot be unpacked (${why}); make the zip again`
  return new Refusal([{ code: 'slide_unreadable', message }])
}
