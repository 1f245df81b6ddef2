import { statfs } from 'node:fs/promises'
import { StorageFullError } from './types.ts'

const fullCodes = ['ENOSPC', 'EDQUOT', 'EFBIG']
/** libvips reports a full disk only in words. */
const fullWords = ['No space left on device', 'Disk quota exceeded', 'File too large']

/** Rethrows the error; a full disk, a full quota or a file over the system's limit as `StorageFullError`. */
export function asStorageError(error: unknown): never {
  if (!(error instanceof Error)) throw error
  if (('code' in error && fullCodes.includes(String(error.code))) || fullWords.some((words) => error.message.includes(words))) {
    throw new StorageFullError('the disk of the media store is full', { cause: error })
  }
  throw error
}

/** @throws {StorageFullError} if fewer than `bytes` are free in `dir` */
export async function requireSpace(dir: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir)
  const free = bavail * bsize
  if (free < bytes) throw new StorageFullError(`the disk of the media store has ${free} bytes free, and ${bytes} are needed`)
}
