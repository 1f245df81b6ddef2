import type { MediaLimits } from '../base/limits.ts'
import { detectBytes, detectType } from '../base/detect-type.ts'
import type { Problem } from '../base/problem.ts'
import type { Inspection, MediaInfo } from '../base/types.ts'
import { bytesInWords } from '../base/words.ts'
import type { IngestContext } from '../ingest/context.ts'
import { indexLimits } from '../isolated/limits.ts'
import { TooCostlyError } from '../isolated/pool.ts'
import { withTemporary } from '../store/temporary.ts'
import { mostBoxes, outline, type Outline } from '../readers/boxes.ts'
import { inTime, writeParts } from './index-file.ts'
import { readOnce } from './known-reads.ts'
import type { Reader } from '../readers/byte-reader.ts'
import type { IndexRead, Tracks } from '../readers/tracks.ts'

export type InspectContext = Pick<IngestContext, 'limits' | 'temporaryDir' | 'isolation' | 'owner' | 'signal'>

/** Encoders pad the last frames: a video exported as 60 s is often a few hundredths longer. Seconds. */
const durationSlack = 0.1

/** Relative distance from 9:16 that does not deserve a warning. */
const ratioSlack = 0.01

/**
 * Inspects a video and returns everything that keeps it from being posted. Reads the index, not the pictures, in an
 * isolated process.
 * @throws what `reader` throws, and `signal.reason`
 */
export async function inspectVideo(given: Reader, context: InspectContext): Promise<Inspection> {
  const { limits } = context
  const reader = inTime(given)
  const problems: Problem[] = []
  if (reader.size > limits.videoBytes) {
    problems.push({
      code: 'media_too_large',
      message: `the file is ${bytesInWords(reader.size)}, at most ${bytesInWords(limits.videoBytes)}`,
    })
  }
  const type = await detectType(reader.size === 0 ? new Uint8Array(0) : await reader.read(0, Math.min(detectBytes, reader.size)))
  if (type.format !== 'mp4') return { info: null, problems: [...problems, notMp4(type.words)], warnings: [] }
  const found = await outline(reader)
  problems.push(...judgeOutline(found, reader.size, limits))
  const readable = found.indexed && !found.endless && found.indexBytes <= limits.inspectBytes
  const { tracks, refused } = readable ? await readApart(reader, found, context) : { tracks: null, refused: null }
  if (refused !== null) problems.push(unreadable(refused))
  if (tracks === null) return { info: null, problems: problems.length > 0 ? problems : [damaged], warnings: [] }
  const info: MediaInfo = {
    kind: 'video',
    size: reader.size,
    duration_s: tracks.duration_s,
    width: tracks.video?.width ?? null,
    height: tracks.video?.height ?? null,
    rotation: tracks.video?.rotation ?? null,
    codec: tracks.video?.codec ?? null,
    slides: null,
  }
  return { info, problems: [...problems, ...judgeTracks(tracks, limits)], warnings: warn(tracks) }
}

/** Reads the index in a separate process; what it costs there harms nothing here. */
function readApart(reader: Reader, { parts }: Outline, context: InspectContext): Promise<IndexRead> {
  const { isolation, owner, signal } = context
  return withTemporary(context.temporaryDir, async (path) => {
    const hash = await writeParts(reader, parts, path)
    const places = parts.map(({ start, length }) => ({ start, length }))
    const job = { size: reader.size, parts: places }
    return readOnce(isolation, [hash, job], () => isolation.run(owner, 'tracks', { ...job, path }, indexLimits, signal))
  }).catch((error: unknown) => {
    if (error instanceof TooCostlyError) return { tracks: null, refused: error.message }
    throw error
  })
}

const unreadable = (why: string): Problem => ({
  code: 'media_unreadable',
  message: `the video cannot be read: ${why}; export it again`,
})

const damaged: Problem = {
  code: 'media_not_mp4',
  message: 'the file begins like an MP4 but cannot be read as one; export the video again',
}

/** The problem of a file of another type. `words` comes from `detectType`. */
export function notMp4(words: string): Problem {
  return { code: 'media_not_mp4', message: `the file is ${words}, not an MP4 video; export the video as MP4 (H.264)` }
}

function judgeOutline({ indexed, indexBytes, needed, endless }: Outline, size: number, limits: MediaLimits): Problem[] {
  if (endless) return [unreadable(`it consists of more than ${mostBoxes} boxes`)]
  if (needed > size) {
    const message = `the file ends early: it has ${bytesInWords(size)} of ${bytesInWords(needed)}; upload it again`
    return [{ code: 'media_truncated', message }]
  }
  if (!indexed) return [{ code: 'media_truncated', message: 'the video was not finished (it has no index); export it again' }]
  if (indexBytes > limits.inspectBytes) {
    return [{ code: 'media_too_long', message: `the file describes far more video than ${limits.videoSeconds} s` }]
  }
  return []
}

function judgeTracks({ duration_s, video }: Tracks, limits: MediaLimits): Problem[] {
  const problems: Problem[] = []
  if (video === null) {
    problems.push({ code: 'media_no_video_track', message: 'the MP4 has no video, only sound' })
  } else if (video.codec !== 'h264') {
    problems.push({ code: 'media_codec_unsupported', message: `codec is ${video.codec}; export the video as H.264` })
  }
  if (duration_s > limits.videoSeconds + durationSlack) {
    problems.push({ code: 'media_too_long', message: `${duration_s.toFixed(1)} s, at most ${limits.videoSeconds} s` })
  }
  return problems
}

function warn({ video }: Tracks): Problem[] {
  if (video === null || Math.abs(video.width / video.height / (9 / 16) - 1) <= ratioSlack) return []
  const message = `the video is ${video.width}x${video.height}, not 9:16; the platform will crop it or add bars`
  return [{ code: 'media_aspect_ratio', message }]
}
