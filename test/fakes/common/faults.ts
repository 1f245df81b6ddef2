import type { Call, Reply } from './calls.ts'

/** What goes wrong with a call. Without `afterEffect`, the endpoint does not run: nothing changes on the platform. */
export interface Fault {
  /** The HTTP status of a reply that replaces the endpoint's own. */
  status?: number
  /** The platform's error code in that reply; the platform's own error shape is built around it. */
  code?: string | number
  message?: string
  /** The exact body of that reply, instead of one built from `code`. Objects are sent as JSON. */
  body?: string | object
  headers?: Record<string, string>
  /** The endpoint runs and its effect stays; only the reply is changed, lost or held. */
  afterEffect?: boolean
  /** No reply: the connection is destroyed. */
  lost?: boolean
  /** With `lost`: the connection is destroyed once this many bytes of the request's body have come. */
  afterBytes?: number
  /** No reply until `release()` of the switch is called. */
  held?: boolean
  /** The reply comes this much later. */
  delayMs?: number
}

/** Which calls of the endpoint the fault applies to; by default all, until it is switched off. */
export interface FaultScope {
  /** The fault is used up after this many calls. */
  times?: number
  /** This many calls go through first. */
  skip?: number
  /** Only calls for which this is true count. */
  when?: (call: Call) => boolean
}

/** A fault that is switched on. */
export interface FaultSwitch {
  readonly fault: Fault
  /** Calls that the fault was applied to. */
  readonly hits: number
  /** Calls that are held now. */
  readonly holding: number
  /** Lets the held calls go on, and holds no further ones. */
  release(): void
  /** Switches the fault off. Calls that are held stay held until `release()`. */
  off(): void
}

/** A call's turn at a fault. */
export interface FaultTurn {
  fault: Fault
  /** Resolves once the call may go on. */
  passed: () => Promise<void>
}

class Switch implements FaultSwitch {
  hits = 0
  #left: number
  #skip: number
  #released = false
  #waiting: (() => void)[] = []
  readonly fault: Fault
  readonly #when: (call: Call) => boolean

  constructor(fault: Fault, { times = Infinity, skip = 0, when = () => true }: FaultScope) {
    this.fault = fault
    this.#left = times
    this.#skip = skip
    this.#when = when
  }

  get holding(): number {
    return this.#waiting.length
  }

  takes(call: Call): boolean {
    if (this.#left <= 0 || !this.#when(call)) return false
    if (this.#skip > 0) {
      this.#skip -= 1
      return false
    }
    this.#left -= 1
    this.hits += 1
    return true
  }

  passed(): Promise<void> {
    if (this.fault.held !== true || this.#released) return Promise.resolve()
    return new Promise((resolve) => void this.#waiting.push(resolve))
  }

  release(): void {
    this.#released = true
    for (const go of this.#waiting.splice(0)) go()
  }

  off(): void {
    this.#left = 0
  }
}

/** The fault switches of one fake, by the name of the endpoint; `any` stands for all endpoints. */
export class Faults<Endpoint extends string> {
  #switches: { endpoint: Endpoint | 'any'; of: Switch }[] = []

  /** Switches a fault on. Of several for one endpoint, the first that still applies is used. */
  fail(endpoint: Endpoint | 'any', fault: Fault, scope: FaultScope = {}): FaultSwitch {
    const of = new Switch(fault, scope)
    this.#switches.push({ endpoint, of })
    return of
  }

  /** The fault that applies to this call, which is counted as one of its calls. */
  take(endpoint: Endpoint, call: Call): FaultTurn | null {
    const found = this.#switches.find((s) => (s.endpoint === endpoint || s.endpoint === 'any') && s.of.takes(call))
    return found ? { fault: found.of.fault, passed: () => found.of.passed() } : null
  }

  /** Switches every fault off and lets held calls go on. */
  clear(): void {
    for (const { of } of this.#switches.splice(0)) {
      of.off()
      of.release()
    }
  }
}

/** Whether the fault replaces the reply, rather than losing or delaying it. */
export const replacesReply = ({ status, code, body }: Fault): boolean =>
  status !== undefined || code !== undefined || body !== undefined

/** Builds the reply for a fault in the platform's own error shape. Called for faults with a status or a code and no `body`. */
export type ShapeFault<Endpoint extends string> = (endpoint: Endpoint, fault: Fault, call: Call) => Reply
