import { FilePathSource, Input, MP4, QTFF, type InputAudioTrack, type InputVideoTrack } from 'mediabunny'
import { limits } from '../limits.ts'
import type { ContainerKind, MediaFile } from '../state.ts'
import { topBoxes } from './boxes.ts'
import type { StoredFile } from './fetch.ts'
import { MediaRefusal } from './refusal.ts'

/**
 * Opens a video and holds it against the media rules. Edit lists are taken, because most encoders write one for the
 * delay of AAC; scan type, GOP and chroma are not read.
 * @param thumbOffset milliseconds; must lie within the video
 * @throws MediaRefusal: 352/2207026, or 1/2207057 for the offset
 */
export async function inspectVideo(file: StoredFile, kind: ContainerKind, thumbOffset: number | null): Promise<MediaFile> {
  const rules = kind === 'story' ? limits.story : limits.reel
  const boxes = await topBoxes(file.path, file.size)
  if (!boxes.includes('moov') || boxes.indexOf('moov') > boxes.indexOf('mdat'))
    throw format('the index (moov) is not at the front')
  const { seconds, width, height } = await tracksOf(file, rules.seconds)
  if (thumbOffset !== null && thumbOffset >= seconds * 1000) {
    throw new MediaRefusal('1/2207057', `the offset ${thumbOffset} ms is not within ${seconds} s`)
  }
  return { kind: 'video', size: file.size, sha256: file.sha256, width, height, seconds }
}

const format = (why: string): MediaRefusal => new MediaRefusal('352/2207026', why)

/** The last frame of a video exported as 60 s often ends a few hundredths later. Seconds. */
const slack = 0.1

async function tracksOf({ path, size }: StoredFile, [least, most]: readonly [number, number]) {
  using input = new Input({ source: new FilePathSource(path), formats: [MP4, QTFF] })
  if (!(await input.canRead())) throw format('the file cannot be read as MP4 or MOV')
  const video = await input.getPrimaryVideoTrack()
  if (!video) throw format('the file has no video track')
  const seconds = await input.computeDuration()
  if (seconds < least - slack || seconds > most + slack) throw format(`the video lasts ${seconds} s`)
  if ((size * 8) / seconds > limits.videoBitsPerSecond) throw format('the bit rate is too high')
  const audio = await input.getPrimaryAudioTrack()
  if (audio) await checkAudio(audio)
  return { seconds, ...(await checkPicture(video)) }
}

async function checkPicture(video: InputVideoTrack): Promise<{ width: number; height: number }> {
  const codec = await video.getCodec()
  if (codec !== 'avc' && codec !== 'hevc') throw format(`the codec is ${codec ?? 'unknown'}`)
  const [width, height] = [await video.getDisplayWidth(), await video.getDisplayHeight()]
  if (width > limits.videoWidth) throw format(`the video is ${width} pixels wide`)
  const [narrowest, widest] = limits.videoRatio
  if (width / height < narrowest || width / height > widest) throw format(`the video is ${width} by ${height}`)
  const { averagePacketRate } = await video.computePacketStats(120)
  const [slowest, fastest] = limits.framesPerSecond
  if (averagePacketRate < slowest - slack || averagePacketRate > fastest + slack) {
    throw format(`the video has ${averagePacketRate} frames per second`)
  }
  return { width, height }
}

async function checkAudio(audio: InputAudioTrack): Promise<void> {
  const codec = await audio.getCodec()
  if (codec !== 'aac') throw format(`the sound is ${codec ?? 'unknown'}, not AAC`)
  const hertz = await audio.getSampleRate()
  if (hertz > limits.audioHertz) throw format(`the sound has ${hertz} Hz`)
}
