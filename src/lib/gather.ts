interface Waiting<I, O> {
  item: I
  resolve(value: O): void
  reject(error: unknown): void
}

export interface GatherOptions {
  /** Items per batch. */
  most: number
  /** Batches under way at once; more gain nothing once each of them is large. By default 1. */
  atOnce?: number
  /** Whether the run that rejected with this error has surely left nothing behind. */
  isUndone: (error: unknown) => boolean
}

/**
 * Gathers items that come at about the same time, so that one transaction can serve them all. The first starts a batch
 * at once; those that come while it is under way form the next. Nothing waits on a timer.
 *
 * `run` answers in the order of its items, with an `Error` for an item that refused itself alone. If it rejects because
 * Postgres undid the transaction, each item runs again in a batch of its own, so that a bad one fails no other. Any
 * other rejection, such as a connection lost at the commit, is passed to every item: their effect may be stored.
 */
export function gather<I, O>(
  run: (items: I[]) => Promise<(O | Error)[]>,
  { most, atOnce = 1, isUndone }: GatherOptions,
): (item: I) => Promise<O> {
  const waiting: Waiting<I, O>[] = []
  let underWay = 0
  let planned = false

  const settle = async (batch: readonly Waiting<I, O>[]): Promise<void> => {
    try {
      const results = await run(batch.map(({ item }) => item))
      if (results.length !== batch.length)
        throw new Error(`a batch of ${batch.length} was answered with ${results.length} results`)
      for (const [index, one] of batch.entries()) {
        const result = results[index] as O | Error
        if (result instanceof Error) one.reject(result)
        else one.resolve(result)
      }
    } catch (error) {
      if (batch.length > 1 && isUndone(error)) for (const one of batch) await settle([one])
      else for (const one of batch) one.reject(error)
    }
  }

  const begin = (): void => {
    planned = false
    while (underWay < atOnce && waiting.length > 0) {
      underWay += 1
      void settle(waiting.splice(0, most)).finally(() => {
        underWay -= 1
        plan()
      })
    }
  }

  // Behind the requests that have arrived already, which join the batch.
  const plan = (): void => {
    if (planned || underWay >= atOnce || waiting.length === 0) return
    planned = true
    setImmediate(begin)
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      plan()
    })
}
