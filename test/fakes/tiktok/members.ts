import { refusal } from './errors.ts'

/** Reads the members of a JSON object of a request and refuses what the documents do not allow, unknown members included. */
export class Members {
  readonly #value: Readonly<Record<string, unknown>>
  readonly #where: string
  readonly #read = new Set<string>()

  constructor(value: unknown, where: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`${where} is not an object`)
    this.#value = value as Record<string, unknown>
    this.#where = where
  }

  has(name: string): boolean {
    return this.#value[name] !== undefined
  }

  object(name: string): Members {
    return new Members(this.#take(name), this.#name(name))
  }

  text(name: string, { most = Infinity, or }: { most?: number; or?: string } = {}): string {
    const value = this.#take(name) ?? or
    if (typeof value !== 'string') throw invalid(`${this.#name(name)} is not a string`)
    if (value.length > most) throw invalid(`${this.#name(name)} is longer than ${most}`)
    return value
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const value = this.#take(name)
    const found = values.find((v) => v === value)
    if (found === undefined) throw invalid(`${this.#name(name)} is not one of ${values.join(', ')}`)
    return found
  }

  flag(name: string): boolean {
    const value = this.#take(name) ?? false
    if (typeof value !== 'boolean') throw invalid(`${this.#name(name)} is not a boolean`)
    return value
  }

  whole(name: string, { least = 0, most = Number.MAX_SAFE_INTEGER, or }: { least?: number; most?: number; or?: number } = {}) {
    const value = this.#take(name) ?? or
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(`${this.#name(name)} is not an integer`)
    if (value < least || value > most) throw invalid(`${this.#name(name)} is not within ${least} and ${most}`)
    return value
  }

  texts(name: string, { most }: { most: number }): string[] {
    const value = this.#take(name)
    const strings = Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : []
    if (!Array.isArray(value) || strings.length !== value.length) throw invalid(`${this.#name(name)} is not a list of strings`)
    if (strings.length === 0 || strings.length > most) throw invalid(`${this.#name(name)} has not 1 to ${most} entries`)
    return strings
  }

  /** Refuses members that were not read. */
  end(): void {
    const unknown = Object.keys(this.#value).find((name) => !this.#read.has(name))
    if (unknown !== undefined) throw invalid(`${this.#name(unknown)} is not a parameter`)
  }

  #take(name: string): unknown {
    this.#read.add(name)
    return this.#value[name]
  }

  #name(name: string): string {
    return this.#where === '' ? name : `${this.#where}.${name}`
  }
}

const invalid = (message: string) => refusal('invalid_param', message)
