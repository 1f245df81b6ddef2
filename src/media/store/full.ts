import { statfs } from 'node:fs/promises'
import { StorageFullError } from './types.ts'

const fullCodes = ['ENOSPC', 'EDQUOT']

/** Throws the error on; a full disk or quota as `StorageFullError`. */
export function asStorageError(error: unknown): never {
  if (error instanceof Error && 'code' in error && fullCodes.includes(String(error.code))) {
    throw new StorageFullError('the disk of the media store is full', { cause: error })
  }
  throw error
}

/** @throws {StorageFullError} where fewer than `bytes` are free in `dir` */
export async function requireSpace(dir: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir)
  const free = bavail * bsize
  if (free < bytes) throw new StorageFullError(`the disk of the media store has ${free} bytes free, and ${bytes} are needed`)
}
