import { constants, createReadStream, type Stats } from 'node:fs'
import { copyFile, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { defaultLimits } from '../base/limits.ts'
import { asStorageError, requireSpace } from './full.ts'
import { cleanTemporary, temporaryPath, withTemporary } from './temporary.ts'
import {
  NotStoredError,
  type Blob,
  type ByteRange,
  type LocalSetting,
  type PutOptions,
  type Store,
  type StoredFile,
} from './types.ts'
import { writeHashed } from './write.ts'

const defaultMinFree = defaultLimits.reserveBytes

/** A store in a folder: `ab/cdef…` by hash, `temporary/` for what is being written. */
export async function openLocalStore(setting: LocalSetting): Promise<Store> {
  await mkdir(setting.dir, { recursive: true })
  return new LocalStore(setting.dir, setting.minFreeBytes ?? defaultMinFree)
}

class LocalStore implements Store {
  readonly #dir: string
  readonly #temporaryDir: string
  readonly #minFree: number

  constructor(dir: string, minFree: number) {
    this.#dir = dir
    this.#temporaryDir = join(dir, 'temporary')
    this.#minFree = minFree
  }

  async put(source: AsyncIterable<Uint8Array>, options: PutOptions = {}): Promise<Blob> {
    await requireSpace(this.#dir, this.#minFree + (options.expectedBytes ?? 0))
    return withTemporary(this.#temporaryDir, async (path) => {
      const blob = await writeHashed(source, path, { reserveBytes: this.#minFree, ...options })
      await options.beforeKeep?.(blob)
      await this.putFile(path, blob)
      return blob
    })
  }

  async putFile(path: string, blob: Blob): Promise<void> {
    const target = this.#path(blob.hash)
    await this.#place(path, target).catch(asStorageError)
  }

  async open(hash: string, range?: ByteRange): Promise<Readable> {
    const stream = createReadStream(this.#path(hash), range)
    await once(stream, 'open').catch((error: unknown) => {
      throw isMissing(error) ? new NotStoredError(`no file ${hash} in the store`, { cause: error }) : error
    })
    return stream
  }

  async stat(hash: string): Promise<{ size: number } | null> {
    const found = await statOf(this.#path(hash))
    return found && { size: found.size }
  }

  async *list(): AsyncGenerator<StoredFile> {
    for (const folder of await readdir(this.#dir)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue
      for (const name of await readdir(join(this.#dir, folder))) {
        const hash = folder + name
        const found = await statOf(this.#path(hash))
        if (found) yield { hash, size: found.size, stored_at: found.mtime }
      }
    }
  }

  async delete(hash: string): Promise<void> {
    await rm(this.#path(hash), { force: true })
  }

  async check(): Promise<void> {
    await requireSpace(this.#dir, this.#minFree)
    await withTemporary(this.#temporaryDir, (path) => writeFile(path, 'croft').catch(asStorageError))
  }

  clean(olderThanMs?: number): Promise<number> {
    return cleanTemporary(this.#temporaryDir, olderThanMs)
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }

  async #place(path: string, target: string): Promise<void> {
    await mkdir(dirname(target), { recursive: true })
    await rename(path, target).catch((error: unknown) => this.#moveAcross(error, path, target))
    await syncDir(dirname(target))
    await syncDir(this.#dir)
  }

  #path(hash: string): string {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new NotStoredError('a stored file is named by 64 hex digits')
    return join(this.#dir, hash.slice(0, 2), hash.slice(2))
  }

  /** From another disk: copied and synced next to the target, so that the rename stays one step. */
  async #moveAcross(error: unknown, path: string, target: string): Promise<void> {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error
    const near = await temporaryPath(this.#temporaryDir)
    try {
      await copyFile(path, near, constants.COPYFILE_EXCL)
      await syncDir(near)
      await rename(near, target)
    } finally {
      await rm(near, { force: true })
    }
    await rm(path, { force: true })
  }
}

/** Makes a rename, or a copied file, survive a power failure. */
async function syncDir(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function statOf(path: string): Promise<Stats | null> {
  try {
    return await stat(path)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
