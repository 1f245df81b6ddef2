import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'

/** Rows of one kind that become due, are claimed, and are run. */
export interface Loop<Row> {
  name: string
  /** Rows under way at once in this process. */
  concurrency: number
  /** Claims rows that are due now, `limit` at most. Rows that another worker holds are passed over. */
  claim(limit: number): Promise<Row[]>
  /**
   * Runs one claimed row. A rejection is logged, and the row keeps its place for a moment, so that a fault that lasts does not
   * make the loop spin; the row is due again when its lease ends.
   */
  run(row: Row, signal: AbortSignal): Promise<void>
  /** Milliseconds until the next row is due that no worker holds, if known; asked when no row was claimed. */
  nextDueMs?(): Promise<number | null>
  /** After a claim that found fewer rows than it asked for the next one waits this long, however often the loop is woken. 0 if not given. */
  restMs?: number
}

export interface RunningLoop {
  name: string
  /** Looks for rows now. */
  wake(): void
  /** Whether it asked for rows within the last `ms`, or has no free place. */
  isAlive(ms: number): boolean
  /** Rows under way. */
  busy(): number
  /**
   * Claims nothing more, and waits until the rows under way have ended. After `graceMs` their signal is aborted; one that does not end
   * even so is left to its lease.
   */
  stop(graceMs: number): Promise<void>
}

/** How long a loop sleeps at most: what other processes commit is found by then. */
const probeMs = 250
const longestPauseMs = 5_000
/** What is aborted has this long to end. Milliseconds. */
const abortMs = 1_000

/** Starts a loop. It claims as many rows as it has free places, and sleeps when nothing is due. */
export function startLoop<Row>(loop: Loop<Row>, log: Logger): RunningLoop {
  const aborting = new AbortController()
  const stopping = new AbortController()
  const underWay = new Set<Promise<void>>()
  let woken = false
  let interrupt: (() => void) | null = null
  let asked = performance.now()

  const wake = () => {
    woken = true
    interrupt?.()
  }

  /** Until `ms` are over or somebody wakes it. */
  const sleep = async (ms: number) => {
    if (woken || stopping.signal.aborted) return
    const waking = new AbortController()
    interrupt = () => waking.abort()
    await pause(ms, undefined, { signal: waking.signal }).catch(() => null)
    interrupt = null
  }

  const begin = (row: Row) => {
    const running = loop
      .run(row, aborting.signal)
      .catch((error: unknown) => {
        log.error({ err: error, loop: loop.name }, 'a row of a loop failed')
        return pause(probeMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      })
      .finally(() => {
        underWay.delete(running)
        // A claim that is under way may have counted this row's place as taken.
        wake()
      })
    underWay.add(running)
  }

  const main = async () => {
    let failures = 0
    while (!stopping.signal.aborted) {
      const free = loop.concurrency - underWay.size
      woken = false
      if (free <= 0) {
        await sleep(longestPauseMs)
        continue
      }
      asked = performance.now()
      try {
        const rows = await loop.claim(free)
        for (const row of rows) begin(row)
        failures = 0
        if (rows.length < free && loop.restMs) await pause(loop.restMs, undefined, { signal: stopping.signal }).catch(() => null)
        if (rows.length > 0) continue
        const next = (await loop.nextDueMs?.()) ?? null
        await sleep(Math.min(probeMs, next === null ? probeMs : Math.max(next, 1)))
      } catch (error) {
        log.warn({ err: error, loop: loop.name }, 'a loop could not look for rows; it tries again')
        failures += 1
        await sleep(Math.min(probeMs * 2 ** failures, longestPauseMs))
      }
    }
  }
  const running = main()

  return {
    name: loop.name,
    wake,
    isAlive: (ms) => underWay.size >= loop.concurrency || performance.now() - asked < ms,
    busy: () => underWay.size,
    async stop(graceMs) {
      stopping.abort()
      interrupt?.()
      const waited = new AbortController()
      const ended = running.then(() => Promise.all(underWay))
      const grace = async () => {
        await pause(graceMs, undefined, { signal: waited.signal })
        aborting.abort()
        await pause(abortMs, undefined, { signal: waited.signal })
      }
      await Promise.race([ended, grace().catch(() => null)])
      waited.abort()
    },
  }
}
