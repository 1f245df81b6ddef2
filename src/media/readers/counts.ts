import { readHeader, type IndexPart } from './boxes.ts'

/** Boxes that contain boxes, as readers of the index enter them, and how many bytes of their own come first. */
const containers: Readonly<Record<string, number>> = {
  moov: 0,
  trak: 0,
  mdia: 0,
  minf: 0,
  dinf: 0,
  stbl: 0,
  edts: 0,
  mvex: 0,
  moof: 0,
  traf: 0,
  mfra: 0,
  sinf: 0,
  schi: 0,
  udta: 0,
  meta: 4,
}

const deepest = 16
const mostInIndex = 200_000
/** Entries that take no bytes of their own, such as the samples of a run with defaults. A minute of any video has fewer. */
const mostWithoutBytes = 100_000
/** Samples that a track's times may stand for; only uncompressed sound comes close. */
const mostSamples = 10_000_000

interface Table {
  entries: number
  /** Bytes of one entry; 0 for entries that take none. */
  each: number
  /** Bytes before the first entry. */
  before: number
}

type ReadTable = (content: Buffer) => Table

const u32 = (content: Buffer, at: number): number => (at + 4 <= content.byteLength ? content.readUInt32BE(at) : 0)
const flagsOf = (content: Buffer): number => u32(content, 0) & 0xffffff
const versionOf = (content: Buffer): number => content[0] ?? 0
/** A count after version and flags. */
const counted =
  (each: number, at = 4): ReadTable =>
  (content) => ({ entries: u32(content, at), each, before: at + 4 })
const bitsSet = (flags: number, masks: number[]): number => masks.filter((mask) => (flags & mask) !== 0).length
/** `saiz` and `saio` may begin with their type. */
const named = (content: Buffer): number => ((flagsOf(content) & 1) === 0 ? 4 : 12)

/** The tables of ISO/IEC 14496-12 and 23001-7 that say how many entries they have. */
const tables: Readonly<Record<string, ReadTable>> = {
  stts: counted(8),
  ctts: counted(8),
  stsc: counted(12),
  stco: counted(4),
  co64: counted(8),
  stss: counted(4),
  stps: counted(4),
  stsh: counted(8),
  stsd: counted(8),
  dref: counted(8),
  keys: counted(8),
  stsz: (content) => ({ entries: u32(content, 4) === 0 ? u32(content, 8) : 0, each: 4, before: 12 }),
  stz2: (content) => ({ entries: u32(content, 8), each: (content[7] ?? 0) / 8, before: 12 }),
  elst: (content) => counted(versionOf(content) === 1 ? 20 : 12)(content),
  sbgp: (content) => counted(8, versionOf(content) === 1 ? 12 : 8)(content),
  tfra: (content) => counted((versionOf(content) === 1 ? 16 : 8) + 3, 12)(content),
  saiz: (content) => ({
    entries: u32(content, named(content) + 1),
    each: content[named(content)] === 0 ? 1 : 0,
    before: named(content) + 5,
  }),
  saio: (content) => counted(versionOf(content) === 1 ? 8 : 4, named(content))(content),
  senc: (content) => counted((flagsOf(content) & 2) === 0 ? 0 : 2)(content),
  trun: (content) => ({
    entries: u32(content, 4),
    each: 4 * bitsSet(flagsOf(content), [0x100, 0x200, 0x400, 0x800]),
    before: 8 + 4 * bitsSet(flagsOf(content), [1, 4]),
  }),
}

/**
 * Compares what the tables of an index claim with the bytes that they have, before a reader believes them.
 * @param bytes the index boxes, one after the other
 * @returns what is wrong, in words, or null
 */
export function judgeCounts(bytes: Buffer, parts: readonly IndexPart[]): string | null {
  const walk = new Walk(bytes)
  let at = 0
  for (const { length } of parts) {
    const wrong = walk.boxes(at, at + length, 0)
    if (wrong) return wrong
    at += length
  }
  return null
}

class Walk {
  readonly #bytes: Buffer
  #seen = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  boxes(from: number, to: number, depth: number): string | null {
    if (depth > deepest) return `its boxes are nested more than ${deepest} deep`
    for (let at = from; at + 8 <= to;) {
      if (++this.#seen > mostInIndex) return `its index has more than ${mostInIndex} boxes`
      const box = readHeader(this.#bytes, at, to - at)
      if (!box) return null
      const end = Math.min(at + box.size, to)
      const wrong = this.#box(box.type, at + box.head, end, depth)
      if (wrong) return wrong
      at += box.size
    }
    return null
  }

  #box(type: string, from: number, to: number, depth: number): string | null {
    const own = containers[type]
    if (own !== undefined) return this.boxes(from + own, to, depth + 1)
    const content = this.#bytes.subarray(from, Math.max(from, to))
    const read = tables[type]
    if (!read) return null
    const { entries, each, before } = read(content)
    const most = each === 0 ? mostWithoutBytes : Math.floor(Math.max(0, content.byteLength - before) / each)
    if (entries > most) return `its box ${type} claims ${entries} entries, and ${content.byteLength} bytes hold at most ${most}`
    return type === 'stts' ? judgeSamples(content, entries) : null
  }
}

/** One entry of `stts` stands for many samples, which some readers expand. */
function judgeSamples(content: Buffer, entries: number): string | null {
  let samples = 0
  for (let n = 0; n < entries; n++) samples += u32(content, 8 + 8 * n)
  return samples > mostSamples ? `its box stts claims ${samples} samples` : null
}
