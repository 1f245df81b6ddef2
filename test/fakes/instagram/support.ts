import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import sharp from 'sharp'
import { standingClock } from '../../support/clock.ts'
import { until } from '../../support/wait.ts'
import { startInstagramFake, type Container, type InstagramFake, type InstagramFakeOptions, type Token } from './index.ts'

/** The origin that the client names; the fake asks the media host on loopback instead. */
export const origin = 'https://media.example.com'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface MediaHost {
  address: string
  files: Map<string, Buffer>
  /** What a path answers instead of a file. */
  instead: Map<string, Answer>
}

/** A host of public media on loopback that answers Range requests. */
async function startMediaHost(): Promise<MediaHost> {
  const files = new Map<string, Buffer>()
  const instead = new Map<string, Answer>()
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const answer = instead.get(path)
    const bytes = files.get(path)
    if (answer) answer(request, response)
    else if (bytes) answerRange(bytes, request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, files, instead }
}

function answerRange(bytes: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const { groups } = /^bytes=(?<from>\d+)-(?<to>\d+)$/.exec(request.headers.range ?? '') ?? {}
  const from = Number(groups?.from)
  if (from >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
    return
  }
  const part = bytes.subarray(from, Number(groups?.to) + 1)
  const range = `bytes ${from}-${from + part.length - 1}/${bytes.length}`
  response.writeHead(206, { 'content-range': range, 'content-length': part.length }).end(part)
}

/** A JPEG of one colour. */
export const jpeg = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#336699' } })
    .jpeg()
    .toBuffer()

export const repositoryFile = (path: string): Promise<Buffer> => readFile(new URL(`../../../${path}`, import.meta.url))

export interface Setup {
  fake: InstagramFake
  clock: ReturnType<typeof standingClock>
  host: MediaHost
  /** A token with every scope, for the account ada. */
  token: Token
  ask: Ask
}

/** A reply, with its JSON if it has any. */
export interface Answered {
  status: number
  json: Record<string, unknown>
  /** `error` of the Graph API as `code/subcode`, or `code` alone; null without an error. */
  error: string | null
}

export type Ask = (method: string, path: string, parameters?: Record<string, string>) => Promise<Answered>

const redirectUri = 'https://croft.example.com/callback'

/** A fake with the account ada (a token for it) and a media host with `/image.jpg` and `/reel.mp4`. Both stop after the file's tests. */
export async function setUp({ settings, ...options }: InstagramFakeOptions = {}): Promise<Setup> {
  const [clock, host] = [standingClock(), await startMediaHost()]
  host.files.set('/image.jpg', await jpeg(1080, 1080))
  host.files.set('/reel.mp4', await repositoryFile('examples/sample.mp4'))
  const fake = await startInstagramFake({
    clock,
    app: { redirectUris: [redirectUri] },
    accounts: [{ username: 'ada', name: 'Ada L.' }, { username: 'bob' }],
    settings: { origins: { [origin]: host.address }, ...settings },
    ...options,
  })
  after(() => fake.stop())
  const token = fake.grant('ada')
  return { fake, clock, host, token, ask: asking(fake.bases.graph, token.value) }
}

/** Calls of the Graph API with a token: the parameters are the query of a GET and the form of a POST. */
export function asking(base: string, token: string | null): Ask {
  return async (method, path, parameters = {}) => {
    const values = new URLSearchParams({ ...parameters, ...(token === null ? {} : { access_token: token }) })
    const query = method === 'POST' ? '' : `?${values.toString()}`
    return answeredBy(await fetch(`${base}${path}${query}`, { method, ...(method === 'POST' ? { body: values } : {}) }))
  }
}

export async function answeredBy(response: Response): Promise<Answered> {
  const json = (await response.json()) as Record<string, unknown>
  return { status: response.status, json, error: errorIn(json) }
}

function errorIn({ error }: Record<string, unknown>): string | null {
  if (typeof error !== 'object' || error === null) return null
  const { code, error_subcode: subcode } = error as { code: number; error_subcode?: number }
  return subcode === undefined ? String(code) : `${code}/${subcode}`
}

/** The id that a call was answered with. */
export function idIn({ json, status }: Answered): string {
  if (typeof json.id !== 'string') throw new Error(`no id in the reply ${status} ${JSON.stringify(json)}`)
  return json.id
}

export const reel = { media_type: 'REELS', video_url: `${origin}/reel.mp4` }
export const image = { image_url: `${origin}/image.jpg` }

/** Creates a container for ada. */
export const create = (ask: Ask, parameters: Record<string, string>): Promise<Answered> =>
  ask('POST', '/v26.0/me/media', parameters)

export const publish = (ask: Ask, id: string): Promise<Answered> => ask('POST', '/v26.0/me/media_publish', { creation_id: id })

export const statusOf = async (ask: Ask, id: string): Promise<unknown> =>
  (await ask('GET', `/v26.0/${id}`, { fields: 'status_code' })).json.status_code

/** The container once its file has been fetched and inspected. */
export const processed = (fake: InstagramFake, id: string): Promise<Container> =>
  until(() => {
    const container = fake.containers.get(id)
    return container && !container.working ? container : null
  })

/** A container of a reel that has been fetched and polled to FINISHED. */
export async function finished(fake: InstagramFake, ask: Ask, parameters: Record<string, string> = reel): Promise<string> {
  const id = idIn(await create(ask, parameters))
  const container = await processed(fake, id)
  container.readsLeft = 0
  return id
}

export { redirectUri }
