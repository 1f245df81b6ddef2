import { open } from 'node:fs/promises'

/** The types of the top-level boxes of an MP4 or MOV file, in order; it ends where the file is no longer made of boxes. */
export async function topBoxes(path: string, size: number): Promise<string[]> {
  const types: string[] = []
  await using file = await open(path)
  const head = Buffer.alloc(16)
  for (let at = 0; at + 8 <= size;) {
    await file.read(head, 0, 16, at)
    const short = head.readUInt32BE(0)
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? size - at : short
    if (length < 8) break
    types.push(head.toString('latin1', 4, 8))
    at += length
  }
  return types
}
