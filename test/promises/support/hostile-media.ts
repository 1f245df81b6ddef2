import sharp from 'sharp'
import type { Random } from '../../../bench/chaos/random.ts'
import { claimingPng, picture } from '../../media/pictures.ts'
import { deflatedZeros, rawZip, type RawEntry } from '../../media/slideshow/raw-zip.ts'
import { fixture } from '../../media/support.ts'
import { claimingRun, claimingTimes, lyingTables, sampleWith } from '../../media/video/hostile.ts'
import { box } from '../../media/video/surgery.ts'

export interface HostileFile {
  kind: 'video' | 'slideshow' | 'picture'
  /** What was done, for who must find it again. */
  made: string
  bytes: Buffer
}

const videos = ['60s.mp4', 'fragmented.mp4', 'moov-last.mp4', 'hevc.mp4', 'audio-only.mp4', 'quicktime.mov', 'video.webm']
const formats = ['jpeg', 'png', 'webp', 'avif'] as const
const numbers = [0, 1, 7, 8, 0x7fffffff, 0x80000000, 0xee6b2800, 0xfffffff0, 0xffffffff]

const upTo = (random: Random, most: number): number => Math.floor(random.next() * most)

/** Overwrites, cuts and repeats a few places; most of a file's meaning stands in its first kilobytes. */
function mutate(random: Random, given: Buffer): Buffer {
  let bytes = Buffer.from(given)
  for (let times = 1 + upTo(random, 6); times > 0; times -= 1) {
    if (bytes.byteLength < 16) return bytes
    const at = upTo(random, Math.min(bytes.byteLength - 8, random.chance(0.8) ? 4_096 : Infinity))
    const change = random.next()
    if (change < 0.6) bytes.writeUInt32BE(random.pick(numbers), at & ~3)
    else if (change < 0.8) bytes[at] = upTo(random, 256)
    else if (change < 0.9) bytes = bytes.subarray(0, at)
    else bytes = Buffer.concat([bytes.subarray(0, at + 8), bytes.subarray(Math.max(0, at - 64))])
  }
  return bytes
}

const nested = (depth: number): Buffer => (depth === 0 ? Buffer.alloc(0) : box('trak', nested(depth - 1)))
const ftyp = box('ftyp', Buffer.from('isom\0\0\0\0isom'))

const videoMakers: Record<string, (random: Random) => Promise<Buffer>> = {
  'a mutated fixture': async (random) => mutate(random, await fixture(random.pick(videos))),
  'a lying table': (random) => {
    const [type, content] = random.pick(Object.entries(lyingTables(random.pick(numbers))))
    return sampleWith(box(type, content))
  },
  'a run of many samples': (random) => claimingRun(random.pick([50_000, 100_001, 5_000_000, 4_000_000_000])),
  'times of many samples': (random) => claimingTimes(random.pick([1_000, 1_000_000, 9_900_000, 4_000_000_000])),
  'boxes in boxes': (random) => Promise.resolve(Buffer.concat([ftyp, box('moov', nested(1 + upTo(random, 400)))])),
  'boxes without end': (random) =>
    Promise.resolve(Buffer.concat([ftyp, ...Array.from({ length: 25_000 }, () => box('free', Buffer.alloc(upTo(random, 8))))])),
  'comments without end': (random) =>
    Promise.resolve(Buffer.from(random.pick(['<!---->', '<?', '<!--', ' ', '{"']).repeat(3_000))),
}

async function image(random: Random): Promise<Buffer> {
  if (random.chance(0.1)) return claimingPng(1 + upTo(random, 60_000), 1 + upTo(random, 60_000))
  const format = random.pick(formats)
  // A decoder of AVIF takes 20 bytes for each pixel, of the others at most 8.
  const side = format === 'avif' ? 1_500 : 3_000
  if (random.chance(0.05))
    return sharp({ create: { width: side, height: side, channels: 3, background: '#888' } })
      .toFormat(format)
      .toBuffer()
  const small = await picture(format, 1 + upTo(random, 200), 1 + upTo(random, 200), 1 + upTo(random, 8))
  return random.chance(0.8) ? mutate(random, small) : small
}

async function entry(random: Random, n: number): Promise<RawEntry> {
  const name = random.chance(0.9) ? `slide-${n}.${random.pick(['jpg', 'png', 'webp', 'avif'])}` : 'x'.repeat(upTo(random, 60_000))
  if (random.chance(0.2)) return { name, data: deflatedZeros(1 + upTo(random, 40)), method: 8, size: random.pick(numbers) }
  const lies = random.chance(0.3)
    ? { size: random.pick(numbers), crc: random.pick(numbers), flags: random.pick([0, 1, 8, 0x800]) }
    : {}
  return { name, data: await image(random), ...lies }
}

async function slideshow(random: Random): Promise<Buffer> {
  const count = random.chance(0.1) ? 40 : 1 + upTo(random, 4)
  const entries: RawEntry[] = []
  for (let n = 1; n <= count; n += 1) entries.push(await entry(random, random.chance(0.9) ? n : random.pick(numbers)))
  const zip = rawZip(entries, random.chance(0.9) ? count : upTo(random, 65_536))
  return random.chance(0.4) ? mutate(random, zip) : zip
}

/** Makes the next file of a seed. */
export async function hostileFile(random: Random): Promise<HostileFile> {
  const kind = random.pick(['video', 'video', 'slideshow', 'picture'] as const)
  if (kind === 'slideshow') return { kind, made: 'a zip', bytes: await slideshow(random) }
  if (kind === 'picture') return { kind, made: 'a picture', bytes: await image(random) }
  const [made, make] = random.chance(0.5)
    ? (['a mutated fixture', videoMakers['a mutated fixture']] as const)
    : random.pick(Object.entries(videoMakers))
  if (!make) throw new Error(made)
  return { kind, made, bytes: await make(random) }
}
