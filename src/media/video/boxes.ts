import type { Reader } from './reader.ts'

/** The outline of an MP4: its top-level boxes (ISO/IEC 14496-12, section 4.2), which mediabunny does not show. */
export interface Outline {
  /** A whole `moov` box was found: the index of the file. */
  indexed: boolean
  /** Bytes of `moov` and all `moof` boxes: what a reader of the index must hold. */
  indexBytes: number
  /** How long the file must be for its last box to be whole; more than its size where it was cut. */
  needed: number
}

/** No video of a minute has more; past it the rest is left unread. */
const mostBoxes = 20_000

/** Walks over the boxes' headers, 16 bytes each. */
export async function outline(reader: Reader): Promise<Outline> {
  const found: Outline = { indexed: false, indexBytes: 0, needed: 0 }
  for (let at = 0, count = 0; at + 8 <= reader.size && count < mostBoxes; count++) {
    const box = await header(reader, at)
    if (box === null) break
    if (box.type === 'moov' && at + box.size <= reader.size) found.indexed = true
    if (box.type === 'moov' || box.type === 'moof') found.indexBytes += box.size
    at += box.size
    found.needed = at
  }
  return found
}

/** Null where no box can begin. A size of 0 means up to the end of the file, 1 that 64 bits follow. */
async function header(reader: Reader, at: number): Promise<{ type: string; size: number } | null> {
  const bytes = Buffer.from(await reader.read(at, Math.min(at + 16, reader.size)))
  const type = bytes.toString('latin1', 4, 8)
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return null
  const short = bytes.readUInt32BE(0)
  if (short === 0) return { type, size: reader.size - at }
  if (short !== 1) return short < 8 ? null : { type, size: short }
  const size = bytes.byteLength === 16 ? Number(bytes.readBigUInt64BE(8)) : 0
  return size < 16 ? null : { type, size }
}
