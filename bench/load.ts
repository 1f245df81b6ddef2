import autocannon, { type Options } from 'autocannon'
import { figuresOf, type Figures } from './figures.ts'

/** Asks over HTTP with keep-alive, each caller as soon as its last answer has come. @throws where an answer has another status */
export async function askFor(options: Options, status: number): Promise<Figures> {
  const ms: number[] = []
  const others = new Map<number, number>()
  const run = autocannon(options)
  run.on('response', (_client: unknown, got: number, _bytes: number, took: number) => {
    if (got === status) ms.push(took)
    else others.set(got, (others.get(got) ?? 0) + 1)
  })
  const { errors, timeouts, duration } = await run
  if (others.size > 0 || errors > 0 || timeouts > 0)
    throw new Error(
      `${options.url}: ${errors} errors, ${timeouts} time-outs, other statuses ${JSON.stringify(Object.fromEntries(others))}`,
    )
  return figuresOf(ms, duration)
}

/** The same for work that is not HTTP. */
export async function repeat(callers: number, seconds: number, work: () => Promise<unknown>): Promise<Figures> {
  const ms: number[] = []
  const began = performance.now()
  const until = began + seconds * 1_000
  const caller = async () => {
    for (let now = performance.now(); now < until;) {
      await work()
      const after = performance.now()
      ms.push(after - now)
      now = after
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return figuresOf(ms, (performance.now() - began) / 1_000)
}
