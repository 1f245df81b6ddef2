import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { writeImage } from '../ingest/image.ts'
import { asStorageError } from '../store/full.ts'
import { temporaryPath, withTemporary } from '../store/temporary.ts'
import type { Store } from '../store/types.ts'
import type { MediaFile } from '../base/types.ts'
import { withZip } from './entries.ts'
import type { Slide, SlideshowOptions } from './check.ts'
import { extract } from './extract.ts'

/**
 * Stores checked slides as JPEGs, in order. An upright JPEG is stored byte for byte; everything else is re-encoded,
 * upright, on white.
 */
export async function convertSlideshow(
  path: string,
  slides: Slide[],
  store: Store,
  options: SlideshowOptions,
): Promise<MediaFile[]> {
  return withZip(path, async (zip) => {
    const files: MediaFile[] = []
    for (const slide of slides) {
      const blob = await withTemporary(options.temporaryDir, async (from) => {
        const asIs = await extract(zip, slide, from, options.limits, options.signal)
        if (slide.image.format === 'jpeg' && slide.image.upright) {
          await store.putFile(from, asIs)
          return asIs
        }
        const to = await temporaryPath(options.temporaryDir)
        try {
          await writeImage({ from, to, as: 'jpeg', maxPixels: options.limits.slidePixels }, slide.image, options).catch(
            asStorageError,
          )
          return await store.put(createReadStream(to))
        } finally {
          await rm(to, { force: true })
        }
      })
      files.push({ ...blob, content_type: 'image/jpeg', n: slide.n })
    }
    return files
  })
}
