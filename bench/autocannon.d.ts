/** autocannon brings no types; these are the parts that the benchmark uses. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  export interface Options {
    url: string
    connections: number
    /** Seconds. */
    duration: number
    method?: 'GET' | 'POST'
    headers?: Record<string, string>
    body?: string
    requests?: { setupRequest: (request: Options) => Options }[]
  }
  export interface Result {
    errors: number
    timeouts: number
    /** Seconds. */
    duration: number
  }
  export type Run = EventEmitter & PromiseLike<Result>
  export default function autocannon(options: Options): Run
}
