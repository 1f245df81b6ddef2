import type { Reader } from './byte-reader.ts'

/** A piece of a file. */
export interface IndexPart {
  start: number
  length: number
  /** The bytes, if they are few and were already read. */
  head?: Uint8Array
}

/** The outline of an MP4: its top-level boxes (ISO/IEC 14496-12, section 4.2). */
export interface Outline {
  /** A whole `moov` box was found: the index of the file. */
  indexed: boolean
  /** Bytes of all boxes that a reader of the index must hold. */
  indexBytes: number
  /** How long the file must be for its last box to be complete; more than its size if it was cut off. */
  needed: number
  /** The file has more than the most boxes that are read. */
  endless: boolean
  /** What a reader of the index asks for, in order: the headers of all boxes, and the index boxes in full. */
  parts: IndexPart[]
}

/** A video of a minute with a fragment for every frame has about as many. */
export const mostBoxes = 20_000

/** `ftyp` names the file's brands. */
const whole = ['moov', 'moof', 'mfra', 'ftyp']
const headerBytes = 16

/** Reads the headers of the boxes. */
export async function outline(reader: Reader): Promise<Outline> {
  const found: Outline = { indexed: false, indexBytes: 0, needed: 0, endless: false, parts: [] }
  let at = 0
  for (let count = 0; at + 8 <= reader.size; count++) {
    const box = await header(reader, at)
    if (box === null) break
    if (count === mostBoxes) return { ...found, endless: true }
    if (box.type === 'moov' && at + box.size <= reader.size) found.indexed = true
    const isIndex = whole.includes(box.type)
    if (isIndex) found.indexBytes += box.size
    const length = Math.min(box.size, reader.size - at)
    found.parts.push(isIndex ? { start: at, length } : { start: at, length: Math.min(length, headerBytes), head: box.head })
    at += box.size
    found.needed = at
  }
  return found
}

/** Null if no box can begin here. A size of 0 means up to the end of the file, 1 that 64 bits follow. */
async function header(reader: Reader, at: number): Promise<{ type: string; size: number; head: Uint8Array } | null> {
  const bytes = Buffer.from(await reader.read(at, Math.min(at + headerBytes, reader.size)))
  const box = readHeader(bytes, 0, reader.size - at)
  return box && { type: box.type, size: box.size, head: bytes.subarray(0, box.size) }
}

/** The header of the box that begins at `at`, with `rest` bytes left. */
export function readHeader(bytes: Buffer, at: number, rest: number): { type: string; size: number; head: number } | null {
  if (at + 8 > bytes.byteLength) return null
  const type = bytes.toString('latin1', at + 4, at + 8)
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return null
  const short = bytes.readUInt32BE(at)
  if (short === 0) return { type, size: rest, head: 8 }
  if (short !== 1) return short < 8 ? null : { type, size: short, head: 8 }
  const size = at + 16 <= bytes.byteLength ? Number(bytes.readBigUInt64BE(at + 8)) : 0
  return size < 16 ? null : { type, size, head: 16 }
}
