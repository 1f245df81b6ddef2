import { crc32 } from 'node:zlib'
import { constants, deflateRawSync } from 'node:zlib'

/** An entry as it is written, lies included. */
export interface RawEntry {
  name: string
  data: Buffer
  /** 0 stored (default), 8 deflated. */
  method?: number
  /** What the zip claims; by default the truth of stored data. */
  size?: number
  crc?: number
  flags?: number
  /** Unix mode, such as 0o120777 of a link. */
  mode?: number
}

/** A zip made by hand (APPNOTE.TXT 4.3), for what no tool would write. `claimed`: how many entries the end record says. */
export function rawZip(entries: RawEntry[], claimed = entries.length): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const { data, method = 0, size = data.byteLength, crc = crc32(data), flags = 0x800, mode = 0o100644 } = entry
    const name = Buffer.from(entry.name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(flags, 2)
    common.writeUInt16LE(method, 4)
    common.writeUInt32LE(crc, 10)
    common.writeUInt32LE(data.byteLength, 14)
    common.writeUInt32LE(size, 18)
    common.writeUInt16LE(name.byteLength, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, data])
    const central = Buffer.alloc(14)
    central.writeUInt32LE((mode << 16) >>> 0, 6)
    central.writeUInt32LE(offset, 10)
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, central, name]))
    locals.push(local)
    offset += local.byteLength
  }
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(claimed, 8)
  end.writeUInt16LE(claimed, 10)
  end.writeUInt32LE(directory.byteLength, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

/** A deflate stream that expands to `mebibytes` of zeros, at a thousandth of the size. */
export function deflatedZeros(mebibytes: number): Buffer {
  const piece = deflateRawSync(Buffer.alloc(1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH })
  return Buffer.concat([...Array.from({ length: mebibytes }, () => piece), deflateRawSync(Buffer.alloc(0))])
}
