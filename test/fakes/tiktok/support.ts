import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { standingClock } from '../../support/clock.ts'
import { startTikTokFake, type TikTokFake, type TikTokFakeOptions } from './index.ts'

export const redirectUri = 'https://croft.example/callback'
export const mediaOrigin = 'https://media.example'

/** A fake with a public account `anna` and a private one `ben`, whose clock stands still until it is moved. */
export async function startFake(
  t: TestContext,
  options: TikTokFakeOptions = {},
): Promise<{ fake: TikTokFake; clock: ReturnType<typeof standingClock> }> {
  const clock = standingClock()
  const fake = await startTikTokFake({
    clock,
    accounts: [
      { handle: 'anna', displayName: 'Anna & Co', bio: 'Bread' },
      { handle: 'ben', isPrivate: true },
    ],
    ...options,
    app: { redirectUris: [redirectUri], verifiedPrefixes: [`${mediaOrigin}/`], ...options.app },
  })
  t.after(() => fake.stop())
  return { fake, clock }
}

export interface Answer {
  status: number
  /** `error.code` of the envelope. */
  code: string
  data: Record<string, unknown>
  /** The body as it came: numbers above 2^53 are whole here alone. */
  text: string
}

/** Calls an API endpoint with the access token and a JSON body. */
export async function post(fake: TikTokFake, path: string, token: string, body: object = {}): Promise<Answer> {
  const reply = await fetch(`${fake.address}/v2/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=UTF-8' },
    body: JSON.stringify(body),
  })
  return readAnswer(reply)
}

export async function readAnswer(reply: Response): Promise<Answer> {
  const text = await reply.text()
  const { data, error } = JSON.parse(text) as { data: Record<string, unknown>; error: { code: string } }
  return { status: reply.status, code: error.code, data, text }
}

/** A video's bytes: the mark of MP4 in front, and noise. */
export function videoBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  randomBytes(Math.min(size, 4096)).copy(bytes)
  bytes.write('ftypisom', 4)
  return bytes
}

/** `source_info` of a file that goes as one chunk. */
export const wholeFile = (size: number): object => ({
  source: 'FILE_UPLOAD',
  video_size: size,
  chunk_size: size,
  total_chunk_count: 1,
})

export const publicPost = { privacy_level: 'PUBLIC_TO_EVERYONE', title: 'Morning bread' }

export const initVideo = (fake: TikTokFake, token: string, source: object, postInfo: object = publicPost): Promise<Answer> =>
  post(fake, 'post/publish/video/init/', token, { post_info: postInfo, source_info: source })

/** Starts a direct post of a file and gives what the platform needs to follow it. */
export async function startUpload(
  fake: TikTokFake,
  token: string,
  source: object,
): Promise<{ publishId: string; uploadUrl: string }> {
  const { data, text } = await initVideo(fake, token, source)
  if (typeof data.publish_id !== 'string' || typeof data.upload_url !== 'string') throw new Error(text)
  return { publishId: data.publish_id, uploadUrl: data.upload_url }
}

/** Sends bytes FIRST to LAST of a file. */
export function put(
  uploadUrl: string,
  bytes: Buffer,
  [first, last]: readonly [number, number],
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(uploadUrl, {
    method: 'PUT',
    headers: { 'content-type': 'video/mp4', 'content-range': `bytes ${first}-${last}/${bytes.length}`, ...headers },
    body: new Uint8Array(bytes.subarray(first, last + 1)),
  })
}

/** Posts a small video of `anna` as far as its last byte. */
export async function uploaded(fake: TikTokFake, token: string): Promise<string> {
  const bytes = videoBytes(1000)
  const { publishId, uploadUrl } = await startUpload(fake, token, wholeFile(bytes.length))
  await put(uploadUrl, bytes, [0, 999])
  return publishId
}

export const fetchStatus = (fake: TikTokFake, token: string, publishId: string): Promise<Answer> =>
  post(fake, 'post/publish/status/fetch/', token, { publish_id: publishId })
