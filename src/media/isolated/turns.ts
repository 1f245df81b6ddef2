interface Waiting {
  owner: string
  go: (release: () => void) => void
}

/**
 * A number of places, assigned by owner: the owner with the fewest goes first, then the one that asked first. One owner
 * never has all of them, so another's work does not wait for its queue.
 */
export class Turns {
  readonly #places: number
  readonly #most: number
  readonly #held = new Map<string, number>()
  #waiting: Waiting[] = []
  #served: string[] = []

  constructor(places: number) {
    this.#places = places
    this.#most = Math.max(1, places - 1)
  }

  /** @returns a function that releases the place @throws `signal.reason` if aborted before */
  async take(owner: string, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    const given = Promise.withResolvers<() => void>()
    const mine: Waiting = { owner, go: given.resolve }
    this.#waiting.push(mine)
    const leave = () => {
      this.#waiting = this.#waiting.filter((one) => one !== mine)
      given.reject(signal?.reason)
    }
    signal?.addEventListener('abort', leave, { once: true })
    this.#next()
    return given.promise.finally(() => signal?.removeEventListener('abort', leave))
  }

  #heldBy = (owner: string): number => this.#held.get(owner) ?? 0

  #next(): void {
    const taken = [...this.#held.values()].reduce((sum, one) => sum + one, 0)
    if (taken >= this.#places) return
    const open = this.#waiting.filter(({ owner }) => this.#heldBy(owner) < this.#most)
    const order = ({ owner }: Waiting) => this.#heldBy(owner) * 1e6 + this.#served.indexOf(owner)
    const [first] = open.sort((a, b) => order(a) - order(b))
    if (!first) return
    this.#waiting = this.#waiting.filter((one) => one !== first)
    this.#held.set(first.owner, this.#heldBy(first.owner) + 1)
    const others = new Set(this.#waiting.map(({ owner }) => owner))
    // The owner that was served last goes to the end; an owner that waits for nothing is forgotten.
    this.#served = [...this.#served.filter((one) => one !== first.owner && others.has(one)), first.owner]
    first.go(this.#release(first.owner))
    this.#next()
  }

  #release(owner: string): () => void {
    let held = true
    return () => {
      if (!held) return
      held = false
      const left = this.#heldBy(owner) - 1
      if (left > 0) this.#held.set(owner, left)
      else this.#held.delete(owner)
      this.#next()
    }
  }
}
