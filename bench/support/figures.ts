/** What one run measured. Times in milliseconds. */
export interface Figures {
  perSecond: number
  p50: number
  p99: number
  max: number
  count: number
}

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN

export const median = (values: readonly number[]): number =>
  at(
    values.toSorted((a, b) => a - b),
    0.5,
  )

/** @param ms each sample, in any order @param seconds how long the run took */
export function figuresOf(ms: readonly number[], seconds: number): Figures {
  const sorted = ms.toSorted((a, b) => a - b)
  return { perSecond: ms.length / seconds, p50: at(sorted, 0.5), p99: at(sorted, 0.99), max: at(sorted, 1), count: ms.length }
}

/** Runs of one load as one: the mean rate and median latency, the worst tail. */
export function together(runs: readonly Figures[]): Figures {
  const mean = (of: (run: Figures) => number) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length
  return {
    perSecond: mean((run) => run.perSecond),
    p50: mean((run) => run.p50),
    p99: Math.max(...runs.map((run) => run.p99)),
    max: Math.max(...runs.map((run) => run.max)),
    count: runs.reduce((sum, run) => sum + run.count, 0),
  }
}

/** Measures several sides in turn, twice round, so that a machine that slows down slows all of them. */
export async function inTurn<Name extends string>(
  sides: Record<Name, () => Promise<Figures>>,
  rounds = 2,
): Promise<Record<Name, Figures>> {
  const names = Object.keys(sides) as Name[]
  const runs: { name: Name; figures: Figures }[] = []
  for (let round = 0; round < rounds; round += 1) for (const name of names) runs.push({ name, figures: await sides[name]() })
  const of = (name: Name) => together(runs.filter((run) => run.name === name).map((run) => run.figures))
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, Figures>
}

/** Callers that each do the work again as soon as it is done. */
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
