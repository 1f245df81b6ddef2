import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { samplePath, type Bytes } from '../support.ts'

/** The sample with its last box, `mdat`, extended by zeros to `size` bytes in all; the zeros are made as they are read. */
export async function hugeVideo(size: number): Promise<Bytes> {
  const head = await readFile(samplePath)
  const mdat = head.indexOf('mdat') - 4
  if (head.readUInt32BE(mdat) !== head.byteLength - mdat) throw new Error('mdat is not the last box of the sample')
  head.writeUInt32BE(size - mdat, mdat)
  return { size, stream: (start, end) => Readable.from(bytes(head, start, end)) }
}

const zeros = Buffer.alloc(64 * 1024)

function* bytes(head: Buffer, start: number, end: number): Generator<Buffer> {
  let at = start
  if (at < head.byteLength) {
    const part = head.subarray(at, Math.min(end, head.byteLength))
    at += part.byteLength
    yield part
  }
  for (; at < end; at += zeros.byteLength) yield zeros.subarray(0, Math.min(zeros.byteLength, end - at))
}

/** A box of ISO/IEC 14496-12. */
export function box(type: string, content: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(content.byteLength + 8, 0)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, content])
}
