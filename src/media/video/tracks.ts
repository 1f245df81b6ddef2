import { CustomSource, Input, MP4 } from 'mediabunny'
import type { Reader } from './reader.ts'

/** What the index of an MP4 says of it. */
export interface Tracks {
  /** Seconds, of the longest track, from its samples rather than from the header's claim. */
  duration_s: number
  /** The picture track, where there is one. */
  video: { codec: string; width: number; height: number; rotation: 0 | 90 | 180 | 270 } | null
}

/** The longest a file's index may take to read, in milliseconds. */
const readMs = 60_000

/**
 * Reads an MP4's tracks with mediabunny: its index alone, no pictures.
 * @returns null where mediabunny finds no MP4, or a damaged one
 * @throws what `reader` throws, and `signal.reason`
 */
export async function readTracks(reader: Reader, signal?: AbortSignal): Promise<Tracks | null> {
  const failures: unknown[] = []
  const read = async (start: number, end: number) => {
    try {
      return await reader.read(start, end)
    } catch (error) {
      failures.push(error)
      throw error
    }
  }
  const source = new CustomSource({ getSize: () => reader.size, read, handleUnhandledError: (error) => failures.push(error) })
  const input = new Input({ source, formats: [MP4] })
  const stop = AbortSignal.any([AbortSignal.timeout(readMs), ...(signal ? [signal] : [])])
  const dispose = () => input.dispose()
  stop.addEventListener('abort', dispose, { once: true })
  try {
    return (await input.canRead()) ? await tracksOf(input) : null
  } catch (error) {
    signal?.throwIfAborted()
    if (failures.length > 0) throw failures[0]
    if (error instanceof Error) return null
    throw error
  } finally {
    stop.removeEventListener('abort', dispose)
    input.dispose()
  }
}

async function tracksOf(input: Input): Promise<Tracks | null> {
  // mediabunny shows a damaged index as one without tracks.
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
