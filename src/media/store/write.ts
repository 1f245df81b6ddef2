import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asStorageError, requireSpace } from './full.ts'
import { TooLargeError, type Blob, type PutOptions } from './types.ts'

/** How much is written between two checks of the free space. */
const checkEvery = 1024 * 1024

/**
 * Writes a stream to the new file `path` and syncs it, one chunk in memory at a time. On an error, what was written
 * stays there: the caller owns the path.
 * @throws {TooLargeError} {StorageFullError} and what `source` throws
 */
export async function writeHashed(
  source: AsyncIterable<Uint8Array>,
  path: string,
  options: Pick<PutOptions, 'maxBytes' | 'reserveBytes' | 'signal'> = {},
): Promise<Blob> {
  const { maxBytes = Infinity, reserveBytes = 0, signal } = options
  const hash = createHash('sha256')
  let size = 0
  let looked = -Infinity
  const file = await open(path, 'wx').catch(asStorageError)
  try {
    for await (const chunk of source) {
      signal?.throwIfAborted()
      size += chunk.byteLength
      if (size > maxBytes) throw new TooLargeError(maxBytes)
      if (size - looked >= checkEvery) {
        await requireSpace(dirname(path), reserveBytes + chunk.byteLength)
        looked = size
      }
      hash.update(chunk)
      for (let written = 0; written < chunk.byteLength;)
        written += (await file.write(chunk, written).catch(asStorageError)).bytesWritten
    }
    await file.sync().catch(asStorageError)
  } finally {
    await file.close()
  }
  return { hash: hash.digest('hex'), size }
}
