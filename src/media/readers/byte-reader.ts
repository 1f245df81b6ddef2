import { open } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { NotStoredError, type Store } from '../store/types.ts'

/** A file that can be read at any position. */
export interface Reader {
  readonly size: number
  /** Bytes `start` to `end`, the last not included; 0 <= start < end <= size. */
  read(start: number, end: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** Reads from a file on disk. Close it. */
export async function fileReader(path: string): Promise<Reader> {
  const file = await open(path, 'r')
  const { size } = await file.stat()
  return {
    size,
    close: () => file.close(),
    read: async (start, end) => {
      const into = new Uint8Array(end - start)
      let done = 0
      while (done < into.byteLength) {
        const { bytesRead } = await file.read(into, done, into.byteLength - done, start + done)
        if (bytesRead === 0) throw new Error('the file shrank while it was read')
        done += bytesRead
      }
      return into
    },
  }
}

/** Reads from a stored file. @throws {NotStoredError} */
export async function storeReader(store: Store, hash: string): Promise<Reader> {
  const found = await store.stat(hash)
  if (!found) throw new NotStoredError(`no file ${hash} in the store`)
  return {
    size: found.size,
    close: () => Promise.resolve(),
    read: async (start, end) => new Uint8Array(await buffer(await store.open(hash, { start, end: end - 1 }))),
  }
}

/** How many bytes the first request for a remote file asks for: one block. */
export const firstBytes = 64 * 1024
/** For a stored file: if boxes are far apart, little is read between them. */
export const storedBlock = 4 * 1024
/** What is cached of any file, however long. */
const mostKept = 1024 * 1024

/**
 * Reads whole blocks and caches the last ones, so that many small reads cost few requests: for sources where each read
 * is a request.
 */
export function inBlocks(inner: Reader, known?: Uint8Array, blockBytes: number = firstBytes): Reader {
  const mostBlocks = mostKept / blockBytes
  const blocks = new Map<number, Uint8Array>()
  const keep = (first: number, bytes: Uint8Array) => {
    for (let at = 0; at < bytes.byteLength; at += blockBytes)
      blocks.set(first + at / blockBytes, bytes.subarray(at, at + blockBytes))
  }
  const forget = () => {
    for (const block of blocks.keys()) if (blocks.size > mostBlocks) blocks.delete(block)
  }
  if (known && (known.byteLength === blockBytes || known.byteLength === inner.size)) keep(0, known)
  return {
    size: inner.size,
    close: () => inner.close(),
    read: async (start, end) => {
      const wanted = Array.from(
        { length: Math.ceil(end / blockBytes) - Math.floor(start / blockBytes) },
        (_, i) => Math.floor(start / blockBytes) + i,
      )
      const missing = wanted.filter((block) => !blocks.has(block))
      const [first] = missing
      const last = missing.at(-1)
      if (first !== undefined && last !== undefined) {
        keep(first, await inner.read(first * blockBytes, Math.min((last + 1) * blockBytes, inner.size)))
      }
      const into = new Uint8Array(end - start)
      for (const block of wanted) {
        const at = block * blockBytes
        const bytes = blocks.get(block)?.subarray(Math.max(0, start - at), end - at)
        if (bytes) into.set(bytes, Math.max(0, at - start))
      }
      forget()
      return into
    },
  }
}
