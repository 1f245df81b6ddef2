import { readFile } from 'node:fs/promises'
import { CustomSource, Input, MP4 } from 'mediabunny'
import type { IndexPart } from './boxes.ts'
import { judgeCounts } from './counts.ts'

/** What the index of an MP4 says about it. */
export interface Tracks {
  /** Seconds, of the longest track, from its samples rather than from what the header claims. */
  duration_s: number
  /** The video track, if there is one. */
  video: { codec: string; width: number; height: number; rotation: 0 | 90 | 180 | 270 } | null
}

/** The result of reading an index: `tracks` is null if no track can be read, `refused` says why reading was not tried. */
export interface IndexRead {
  tracks: Tracks | null
  refused: string | null
}

/**
 * Reads an MP4's tracks with mediabunny from its index alone; the file at `path` holds its parts one after the other.
 * Runs in a separate process: a hostile index can take any memory and time.
 */
export async function readIndex({ path, size, parts }: { path: string; size: number; parts: IndexPart[] }): Promise<IndexRead> {
  const bytes = await readFile(path)
  const refused = judgeCounts(bytes, parts)
  if (refused !== null) return { tracks: null, refused }
  const read = sparse(bytes, parts)
  const input = new Input({ source: new CustomSource({ getSize: () => size, read }), formats: [MP4] })
  try {
    return { tracks: (await input.canRead()) ? await tracksOf(input) : null, refused }
  } catch (error) {
    if (error instanceof Error) return { tracks: null, refused }
    throw error
  } finally {
    input.dispose()
  }
}

/** Reads from the whole file; what is not part of the index reads as zeros. `parts` are sorted and do not overlap. */
function sparse(bytes: Buffer, parts: readonly IndexPart[]): (start: number, end: number) => Uint8Array {
  let kept = 0
  const placed = parts.map(({ start, length }) => ({ start, end: start + length, at: (kept += length) - length }))
  return (start, end) => {
    const into = new Uint8Array(end - start)
    let [low, high] = [0, placed.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((placed[middle]?.end ?? 0) <= start) low = middle + 1
      else high = middle
    }
    for (let part = placed[low]; part && part.start < end; part = placed[++low]) {
      const [from, to] = [Math.max(part.start, start), Math.min(part.end, end)]
      into.set(bytes.subarray(part.at + from - part.start, part.at + to - part.start), from - start)
    }
    return into
  }
}

async function tracksOf(input: Input): Promise<Tracks | null> {
  // mediabunny treats a damaged index as one without tracks.
  if ((await input.getTracks()).length === 0) return null
  const track = await input.getPrimaryVideoTrack()
  const duration_s = Math.round((await input.computeDuration(undefined, { metadataOnly: true })) * 1000) / 1000
  if (track === null) return { duration_s, video: null }
  const codec = await track.getCodec()
  const own = await track.getInternalCodecId()
  return {
    duration_s,
    video: {
      codec: codec === 'avc' ? 'h264' : (codec ?? (typeof own === 'string' ? own.trim() : 'unknown')),
      width: await track.getDisplayWidth(),
      height: await track.getDisplayHeight(),
      rotation: await track.getRotation(),
    },
  }
}
