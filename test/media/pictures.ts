import sharp from 'sharp'
import { crc32 } from 'node:zlib'

/** A small picture of noise-free colour, with transparency where the format has it. */
export function picture(format: 'jpeg' | 'png' | 'webp' | 'avif', width = 9, height = 16, orientation?: number): Promise<Buffer> {
  const image = sharp({
    create: { width, height, channels: 4, background: { r: 200, g: 30, b: 30, alpha: format === 'jpeg' ? 1 : 0.5 } },
  })
  return (orientation === undefined ? image : image.withMetadata({ orientation })).toFormat(format).toBuffer()
}

/** A PNG that says it is `width` by `height` and holds next to nothing. */
export function claimingPng(width: number, height: number): Buffer {
  const size = Buffer.alloc(13)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  size.set([8, 2, 0, 0, 0], 8)
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.byteLength)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', size),
    chunk('IDAT', Buffer.from([0x78, 0x9c, 3, 0, 0, 0, 0, 1])),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
