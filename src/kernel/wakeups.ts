/** The loops of a worker, by the rows that they take: due tasks, posts' media, videos of bundles, webhook lanes. */
export type LoopName = 'tasks' | 'media' | 'videos' | 'webhooks'

/** Lets a commit wake the loops of its own process, which then need not wait for their next probe. */
export class Wakeups {
  readonly #wake = new Map<LoopName, () => void>()

  /** Called by a loop when it starts. */
  set(name: LoopName, wake: () => void): void {
    this.#wake.set(name, wake)
  }

  delete(name: LoopName): void {
    this.#wake.delete(name)
  }

  /** Does nothing in a process that runs no such loop. */
  wake(name: LoopName): void {
    this.#wake.get(name)?.()
  }
}
