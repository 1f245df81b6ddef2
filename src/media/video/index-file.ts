import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { Refusal } from '../ingest/refusal.ts'
import { asStorageError } from '../store/full.ts'
import type { IndexPart } from '../readers/boxes.ts'
import type { Reader } from '../readers/byte-reader.ts'

/** The longest a file's index may take to read, in milliseconds. */
const readMs = 60_000
const stepBytes = 1024 * 1024

/** @throws {Refusal} when the time is over */
export function inTime(reader: Reader): Reader {
  const until = performance.now() + readMs
  const slow = `reading the video's index takes longer than ${readMs / 1000} s`
  return {
    size: reader.size,
    close: () => reader.close(),
    read: (start, end) => {
      if (performance.now() > until) throw new Refusal([{ code: 'media_unreadable', message: slow }])
      return reader.read(start, end)
    },
  }
}

/**
 * Writes the parts one after the other to the new file `path`: the input of an isolated process for a video.
 * @returns a hash of what it wrote
 */
export async function writeParts(reader: Reader, parts: readonly IndexPart[], path: string): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path, 'wx')
  let few: Uint8Array[] = []
  const write = async (bytes: Uint8Array) => {
    hash.update(bytes)
    await file.appendFile(bytes).catch(asStorageError)
  }
  const writeFew = async () => {
    await write(Buffer.concat(few))
    few = []
  }
  try {
    for (const { start, length, head } of parts) {
      if (head) {
        few.push(head)
        continue
      }
      await writeFew()
      for (let at = start; at < start + length; at += stepBytes)
        await write(await reader.read(at, Math.min(at + stepBytes, start + length)))
    }
    await writeFew()
    return hash.digest('hex')
  } finally {
    await file.close()
  }
}
