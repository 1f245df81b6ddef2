import { setTimeout as wait } from 'node:timers/promises'
import { codeOf, EmbeddedDatabaseError } from './errors.ts'
import { launch, type Launch } from './launch.ts'
import type { ClusterPlace } from './place.ts'
import { findPostmaster, removeStale, type Found } from './postmaster.ts'
import { attend, type Presence } from './presence.ts'

const pollMs = 10
/** crash recovery after a power failure replays at most 1 GB of log */
const giveUpMs = 120_000
/** a server that reports ready accepts connections within this time */
const readyMs = 5000
/** back ends whose postmaster was killed end within this time, and only then may a new one start */
const lastBackendsMs = 15_000

export interface Joined {
  presence: Presence
  /** whether this process started the server */
  started: boolean
}

/** One process's attempt to get a server for the cluster: it looks, connects, or launches, until it has a connection. */
class Approach {
  readonly #place: ClusterPlace
  readonly #begun = performance.now()
  #launched: Launch | undefined
  #failures = 0
  #contended = false
  #lastError: unknown
  #readySince: number | undefined

  constructor(place: ClusterPlace) {
    this.#place = place
  }

  get #elapsed(): number {
    return performance.now() - this.#begun
  }

  /** @returns undefined to try again */
  async step(): Promise<Joined | undefined> {
    const found = await findPostmaster(this.#place.cluster)
    if (this.#isOfOthers(found)) this.#contended = true
    if (found.state !== 'running') await this.#launchOver(found)
    else if (found.status === 'ready') return this.#connect(found)
    else this.#readySince = undefined
    if (this.#elapsed > giveUpMs) throw await this.#tooLate()
    return undefined
  }

  /** Its own failed start leaves a trace too, so that alone is not a reason to wait. */
  #isOfOthers(found: Found): boolean {
    if (found.state === 'none') return false
    const pid = found.state === 'running' ? found.pid : Number.parseInt(found.text, 10)
    return pid !== this.#launched?.pid
  }

  async #connect(found: Found & { state: 'running' }): Promise<Joined | undefined> {
    try {
      const presence = await attend(found.socketDir, found.port)
      return { presence, started: found.pid === this.#launched?.pid }
    } catch (error) {
      this.#lastError = error
    }
    this.#readySince ??= performance.now()
    if (performance.now() - this.#readySince < readyMs) return undefined
    const unseen = codeOf(this.#lastError) === 'ENOENT' ? ' (a cleaned or a private temporary folder hides its socket)' : ''
    throw new EmbeddedDatabaseError(
      `The database server runs as process ${found.pid} but cannot be reached at ${found.socketDir}${unseen}: ${String(this.#lastError)}. ` +
        `Stop it (kill -INT ${found.pid}) and start Croft again.`,
      { cause: this.#lastError },
    )
  }

  async #launchOver(found: Exclude<Found, { state: 'running' }>): Promise<void> {
    this.#readySince = undefined
    if (this.#launched) {
      if (!this.#launched.ended()) return
      await this.#afterFailure(this.#launched)
    }
    // Another starter's file is empty for an instant: it is removed only if starts have failed because of it.
    const empty = found.state === 'stale' && found.text === ''
    if (found.state === 'stale' && found.blocking && (!empty || this.#failures > 4)) {
      this.#place.log('removing the pid file of a database server that no longer runs', { cluster: this.#place.cluster })
      await removeStale(this.#place.cluster, found.text)
    }
    if (!this.#launched)
      this.#place.log(
        `Starting the embedded database${found.state === 'stale' ? ', which was not shut down and recovers first' : ''}`,
      )
    this.#launched = await launch(this.#place)
  }

  /** A start that failed next to other servers' traces, or for the first time, is retried; otherwise it is an error. */
  async #afterFailure(failed: Launch): Promise<void> {
    this.#failures += 1
    const patience = this.#contended && this.#elapsed < lastBackendsMs
    if (this.#failures > 1 && !patience) {
      throw new EmbeddedDatabaseError(
        `The database in ${this.#place.cluster} does not start. Its server says (${this.#place.dataDir}/postgres.log):\n${await failed.said()}`,
      )
    }
    await wait(Math.min(25 * 2 ** this.#failures, 1000))
  }

  async #tooLate(): Promise<EmbeddedDatabaseError> {
    const said = (await this.#launched?.said()) ?? ''
    return new EmbeddedDatabaseError(
      `The database in ${this.#place.cluster} was not ready within ${giveUpMs / 1000} s; it may be recovering or stopping. ` +
        `Start Croft again, and see ${this.#place.dataDir}/postgres.log.\n${said}`,
      { cause: this.#lastError },
    )
  }
}

/**
 * Connects to the server that runs on the cluster, or starts one. Several processes may do so at once: Postgres's own
 * pid file admits one server, and the others find it.
 * @throws EmbeddedDatabaseError with the end of postgres.log
 */
export async function join(place: ClusterPlace): Promise<Joined> {
  const approach = new Approach(place)
  for (;;) {
    const joined = await approach.step()
    if (joined) return joined
    await wait(pollMs)
  }
}
