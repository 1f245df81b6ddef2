import { createReadStream } from 'node:fs'
import { writeImage, type ImageContext } from '../ingest/image.ts'
import { asStorageError } from '../store/full.ts'
import { withTemporary } from '../store/temporary.ts'
import type { Store } from '../store/types.ts'
import type { MediaFile } from '../base/types.ts'
import type { PictureInfo } from './types.ts'

/**
 * Stores a checked picture upright and always re-encoded, PNG as PNG and everything else as JPEG. Croft serves it to
 * anyone, so only the pixels of an untrusted file are kept (no place, no camera, no second file hidden in it).
 */
export async function convertPicture(
  path: string,
  info: PictureInfo,
  options: ImageContext & { store: Store; temporaryDir: string; maxPixels: number },
): Promise<MediaFile> {
  const png = info.format === 'png'
  return withTemporary(options.temporaryDir, async (to) => {
    await writeImage({ from: path, to, as: png ? 'png' : 'jpeg', maxPixels: options.maxPixels }, info, options).catch(
      asStorageError,
    )
    return { ...(await options.store.put(createReadStream(to))), content_type: png ? 'image/png' : 'image/jpeg' }
  })
}
