/** A clock that begins at the real time and then stands still until it is moved. */
export function standingClock(): {
  now: () => Date
  forward: (ms: number) => void
  back: (ms: number) => void
  to: (time: Date) => void
} {
  let at = Date.now()
  return {
    now: () => new Date(at),
    forward: (ms) => void (at += ms),
    back: (ms) => void (at -= ms),
    to: (time) => void (at = Math.max(at, time.getTime())),
  }
}
