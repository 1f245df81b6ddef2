import { sinkOf, type Sink } from './log-sink.ts'

/** Where log lines go. A write never blocks and never throws: lines that do not fit are dropped and counted. */
export interface LogOutput {
  write(line: string): void
  /** The number of lines dropped so far. */
  dropped: () => number
  /** Called with the number of dropped lines when the output accepts lines again. */
  onRoom(reported: (dropped: number) => void): void
  /** Resolves when everything that was kept is written, at the latest after `ms`. The result says whether it was. */
  drained(ms: number): Promise<boolean>
}

/** Bytes kept while they cannot be written. */
const most = 256 * 1024
const atOnce = 64 * 1024
/** The pause before a failed write is tried again, in milliseconds. */
const again: Readonly<Record<string, number>> = { EAGAIN: 50, EBUSY: 50, EINTR: 0 }
const laterMs = 1_000

function open(sink: Sink): LogOutput {
  let waiting: Buffer[] = []
  let [bytes, dropped, reported] = [0, 0, 0]
  let busy = false
  let report: (dropped: number) => void = () => undefined
  let whenDrained: (() => void)[] = []

  const take = (): Buffer => {
    const batch: Buffer[] = []
    let length = 0
    for (const line of waiting) {
      if (length > 0 && length + line.length > atOnce) break
      batch.push(line)
      length += line.length
    }
    waiting = waiting.slice(batch.length)
    return Buffer.concat(batch)
  }
  const next = () => {
    if (busy) return
    if (waiting.length > 0) {
      send(take())
      return
    }
    for (const done of whenDrained) done()
    whenDrained = []
    if (dropped === reported) return
    const lost = dropped - reported
    reported = dropped
    report(lost)
  }
  const send = (batch: Buffer) => {
    busy = true
    sink.write(batch, (error, written) => {
      bytes -= written
      const rest = batch.subarray(written)
      if (rest.length > 0) waiting = [rest, ...waiting]
      if (error) return void setTimeout(goOn, again[error.code ?? ''] ?? laterMs).unref()
      goOn()
    })
  }
  const goOn = () => {
    busy = false
    next()
  }
  process.once('exit', () => {
    try {
      if (waiting.length > 0) sink.last(Buffer.concat(waiting))
    } catch {
      dropped += waiting.length
    }
  })
  return {
    write(line) {
      const own = Buffer.from(line)
      if (bytes + own.length > most) {
        dropped += 1
        return
      }
      bytes += own.length
      waiting.push(own)
      next()
    },
    dropped: () => dropped,
    onRoom(listener) {
      report = listener
    },
    drained: (ms) =>
      new Promise((resolve) => {
        if (!busy && waiting.length === 0) {
          resolve(true)
          return
        }
        const tooLate = setTimeout(() => resolve(false), ms)
        whenDrained.push(() => {
          clearTimeout(tooLate)
          resolve(true)
        })
      }),
  }
}

const outputs = new Map<1 | 2, LogOutput>()

/** This process's standard output or standard error, for logs. */
export function standardOutput(fd: 1 | 2): LogOutput {
  const output = outputs.get(fd) ?? open(sinkOf(fd))
  outputs.set(fd, output)
  return output
}
