import { readFile } from 'node:fs/promises'
import type { Reader } from '../../../src/media/readers/byte-reader.ts'
import { fixture, samplePath } from '../support.ts'
import { box } from './surgery.ts'

const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, n) => bytes.writeUInt32BE(value >>> 0, n * 4))
  return bytes
}

/** Boxes that hold a count, with the little that they hold. */
export const lyingTables = (count: number): Record<string, Buffer> => ({
  stts: u32(0, count, 1, 1),
  ctts: u32(0, count, 1, 1),
  stsc: u32(0, count, 1, 1, 1),
  stco: u32(0, count, 0),
  co64: u32(0, count, 0, 0),
  stss: u32(0, count, 1),
  stsz: u32(0, 0, count, 1),
  stz2: u32(0, 8, count, 1),
  elst: u32(0, count, 1, 0, 0x10000),
  stsd: u32(0, count),
  dref: u32(0, count),
  keys: u32(0, count),
  sbgp: u32(0, 0x726f6c6c, count),
  tfra: u32(0, 1, 0, count, 0),
  saiz: Buffer.concat([u32(0), Buffer.from([0]), u32(count)]),
  saio: u32(0, count, 0),
  senc: u32(2, count),
  trun: u32(0x701, count, 0, 1, 1, 1),
})

/** The sample with `inside` at the end of its first `stbl`, every size around it mended. */
export async function sampleWith(...inside: Buffer[]): Promise<Buffer> {
  const bytes = await readFile(samplePath)
  const added = Buffer.concat(inside)
  const path = ['moov', 'trak', 'mdia', 'minf', 'stbl']
  let from = 0
  for (const type of path) {
    const at = bytes.indexOf(type, from, 'latin1') - 4
    bytes.writeUInt32BE(bytes.readUInt32BE(at) + added.byteLength, at)
    from = at + 8
  }
  const end = from - 8 + bytes.readUInt32BE(from - 8) - added.byteLength
  return Buffer.concat([bytes.subarray(0, end), added, bytes.subarray(end)])
}

/** A fragment of 3 KB whose run claims so many samples, none of which takes a byte. */
export async function claimingRun(samples: number): Promise<Buffer> {
  const bytes = await fixture('fragmented.mp4')
  const run = bytes.indexOf('trun')
  bytes.writeUInt32BE(bytes.readUInt32BE(run + 4) & 0xff0000ff, run + 4)
  bytes.writeUInt32BE(samples, run + 8)
  return bytes
}

/** Times that stand for so many samples, which a reader writes out one by one because of the `ctts`. */
export const claimingTimes = (samples: number): Promise<Buffer> =>
  sampleWith(box('stts', u32(0, 1, samples, 1)), box('ctts', u32(0, 1, samples, 1)))

/** So many boxes of `each` bytes before the sample, made as they are read. */
export async function manyBoxes(count: number, each = 65_536): Promise<Reader> {
  const ftyp = Buffer.alloc(each)
  box('ftyp', Buffer.from('isom\0\0\0\0isom')).copy(ftyp)
  ftyp.writeUInt32BE(each, 0)
  const free = Buffer.alloc(each)
  box('free').copy(free)
  free.writeUInt32BE(each, 0)
  const sample = await readFile(samplePath)
  const boxes = count * each
  const read = (start: number, end: number): Uint8Array => {
    const into = Buffer.alloc(end - start)
    for (let at = start; at < end;) {
      const from = at < boxes ? (at < each ? ftyp : free).subarray(at % each) : sample.subarray(at - boxes)
      at += from.copy(into, at - start)
    }
    return into
  }
  return {
    size: boxes + sample.byteLength,
    read: (start, end) => Promise.resolve(read(start, end)),
    close: () => Promise.resolve(),
  }
}
