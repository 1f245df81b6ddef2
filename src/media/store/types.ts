import type { Readable } from 'node:stream'

/** A stored file: its name is the SHA-256 of its bytes, hex. */
export interface Blob {
  hash: string
  size: number
}

/** A stored file as `list` returns it. */
export interface StoredFile extends Blob {
  /** When it was last put, here or again: a recent one may belong to a transaction that is still open. */
  stored_at: Date
}

/** Bytes `start` to `end`, both included, as in HTTP. */
export interface ByteRange {
  start: number
  end: number
}

export interface PutOptions {
  /** Refuse more with `TooLargeError`. */
  maxBytes?: number
  /** If known: refuse with `StorageFullError` before anything is written. */
  expectedBytes?: number
  /** What must stay free on the disk in the meantime: more data ends with `StorageFullError`. 0 by default. */
  reserveBytes?: number
  signal?: AbortSignal
  /** Called when the hash is known, before the file is in place. */
  beforeKeep?: (blob: Blob) => Promise<void>
}

/** Files by the hash of their bytes. Putting the same bytes twice keeps one copy. */
export interface Store {
  /** Streams to a temporary file, then stores it under its hash, synced to disk. @throws {StorageFullError} {TooLargeError} */
  put(source: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<Blob>
  /** Takes the file at `path` over: it is then gone from there. `blob` is the result of `writeHashed`. */
  putFile(path: string, blob: Blob): Promise<void>
  /** @throws {NotStoredError} */
  open(hash: string, range?: ByteRange): Promise<Readable>
  stat(hash: string): Promise<{ size: number } | null>
  /** Every stored file, in no order: to find those that nothing refers to (a process killed between store and commit). */
  list(): AsyncIterable<StoredFile>
  /** Deleting a file that does not exist is not an error. */
  delete(hash: string): Promise<void>
  /** Readiness: writable, with free space. @throws {StorageFullError} or the storage's own error */
  check(): Promise<void>
  /** Removes temporary files that a killed process left, older than `olderThanMs` (default a day). Returns how many. */
  clean(olderThanMs?: number): Promise<number>
  close(): Promise<void>
}

/** No space left. Answer 507; nothing was kept. */
export class StorageFullError extends Error {
  override readonly name = 'StorageFullError'
}

/** More bytes than `maxBytes`. Nothing was kept. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError'
  readonly maxBytes: number

  constructor(maxBytes: number) {
    super(`more than ${maxBytes} bytes`)
    this.maxBytes = maxBytes
  }
}

/** No file has this hash. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError'
}

export interface LocalSetting {
  kind: 'local'
  dir: string
  /** Below this many free bytes `check` fails and `put` refuses. Default 256 MiB. */
  minFreeBytes?: number
}

export interface S3Setting {
  kind: 's3'
  bucket: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  endpoint?: string
  /** Put before each hash; '' for none. */
  prefix?: string
  forcePathStyle?: boolean
  /** Where bytes wait until their hash is known. */
  temporaryDir: string
}
