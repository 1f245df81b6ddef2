/** An interface that a lower folder calls and a higher one implements. Create it once, next to the interface `T`. */
export class Port<T> {
  readonly name: string
  /** Never set; carries the type. */
  declare readonly type?: T

  constructor(name: string) {
    this.name = name
  }
}

/** The implementations for the ports of one Croft. `src/app` registers them. */
export class Registry {
  readonly #parts = new Map<Port<unknown>, unknown>()

  register<T>(port: Port<T>, part: T): void {
    this.#parts.set(port, part)
  }

  get<T>(port: Port<T>): T {
    if (!this.#parts.has(port)) throw new Error(`nothing is registered for ${port.name}`)
    return this.#parts.get(port) as T
  }
}
