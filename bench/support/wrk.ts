import { spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import type { Figures } from './figures.ts'

const script = new URL('load.lua', import.meta.url).pathname

/** A request as a template; `load.lua` lists the placeholders. */
export interface Request {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT'
  path: string
  body?: string
  /** The only status that counts as an answer. */
  status: number
  /** Sends a new `Idempotency-Key` with each request. */
  keyed?: boolean
}

export interface Load {
  /** Of the server, without a slash at the end. */
  address: string
  key: string
  request: Request
  connections: number
  seconds: number
  /** How many profiles and posts were filled; ids are picked from them. */
  profiles: number
  posts?: number
}

/** The version of wrk, installed from Debian's package if it is missing and this is root. @throws Error if there is none */
export function requireWrk(): string {
  const version = () => {
    const { error, stdout } = spawnSync('wrk', ['-v'], { encoding: 'utf8' })
    return error ? undefined : /^wrk (\S+)/m.exec(stdout)?.[1]
  }
  if (version() === undefined && process.getuid?.() === 0)
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'wrk'])
  const found = version()
  if (found === undefined) throw new Error('The benchmark needs wrk: apt-get install wrk')
  return found
}

const placeholder = /\{(profile|post|waiting|n)\}/g
const firstIds: Record<string, string> = {
  profile: '01900000-0000-7000-8000-000000000000',
  post: '01900000-0000-7000-9000-000000000000',
  waiting: '01900000-0000-7000-9000-000000000009',
  n: '0',
}
const filled = (template: string) => template.replace(placeholder, (_, name: string) => firstIds[name] ?? '')

/** One request by hand. @throws Error unless it is answered with the expected status */
export async function probe({ address, key, request }: Pick<Load, 'address' | 'key' | 'request'>): Promise<string> {
  const response = await fetch(address + filled(request.path), {
    method: request.method,
    headers: { 'x-api-key': key, ...(request.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(request.body === undefined ? {} : { body: filled(request.body) }),
  })
  const text = await response.text()
  if (response.status !== request.status)
    throw new Error(`${request.method} ${request.path} answered ${response.status}: ${text.slice(0, 500)}`)
  return text
}

/**
 * Sends requests for some seconds, each connection as soon as its last answer has come.
 * @throws Error if any request was refused, timed out or lost its connection
 */
export async function load(options: Load): Promise<Figures> {
  const { address, key, request, connections, seconds, profiles, posts = 0 } = options
  await probe(options)
  const words = [request.method, request.path, request.body ?? '', key, request.keyed ? 'yes' : 'no']
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, `${address}/`, '--', ...words]
  const child = spawn('wrk', [...args, String(profiles), String(posts), String(randomInt(2 ** 31))])
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (out += text))
  await once(child, 'close')
  const line = /^figures (.*)$/m.exec(out)?.[1]
  if (line === undefined) throw new Error(`wrk failed: ${out}`)
  const { count, us, p50, p99, max, refused, broken } = JSON.parse(line) as Record<string, number> & { count: number }
  const what = `${request.method} ${request.path}`
  if (refused || broken) throw new Error(`${what}: ${refused ?? 0} of ${count} requests were refused, ${broken ?? 0} failed`)
  if (count === 0) throw new Error(`${what}: no answer in ${seconds} s`)
  const ms = (value = Number.NaN) => value / 1_000
  return { perSecond: count / (ms(us) / 1_000), p50: ms(p50), p99: ms(p99), max: ms(max), count }
}
