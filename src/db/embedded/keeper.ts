import { stat } from 'node:fs/promises'
import { join as path } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { unless } from './errors.ts'
import { join, type Joined } from './join.ts'
import type { ClusterPlace } from './place.ts'
import { leave } from './stop.ts'

const pauseMs = 1000

/** Keeps one process's presence on the database: a server that dies is found again, or started again. */
export class Keeper {
  readonly #place: ClusterPlace
  readonly #stopping = new AbortController()
  #joined: Joined
  #rejoining: Promise<void> = Promise.resolve()
  #stopped: Promise<void> | undefined
  #lastJoin = performance.now()

  constructor(place: ClusterPlace, joined: Joined) {
    this.#place = place
    this.#joined = joined
    this.#watch()
  }

  /** Leaves the database and, as its last user, stops the server; later calls get the result of the first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#leave()
    return this.#stopped
  }

  async #leave(): Promise<void> {
    this.#stopping.abort()
    await this.#rejoining
    await leave(this.#place, this.#joined.presence)
  }

  #watch(): void {
    void this.#joined.presence.ended.then(() => {
      if (!this.#stopping.signal.aborted) this.#rejoining = this.#rejoin()
    })
  }

  async #rejoin(): Promise<void> {
    const { log, cluster } = this.#place
    log('the embedded database is gone; finding or starting it again', { cluster })
    while (!this.#stopping.signal.aborted) {
      await this.#pause()
      this.#lastJoin = performance.now()
      try {
        // A folder that was removed is not created again: an empty database would be mistaken for the one that was
        // lost.
        if (!(await stat(path(cluster, 'PG_VERSION')).catch(unless('ENOENT', 'ENOTDIR')))) {
          log('the embedded database was removed from the disk', { cluster })
          return
        }
        const { host } = this.#joined.presence.connection
        this.#joined = await join(this.#place)
        const now = this.#joined.presence.connection.host
        if (now !== host) log('the embedded database is back at another socket; restart Croft', { before: host, now })
        this.#watch()
        return
      } catch (error) {
        log('the embedded database does not come back', { error: String(error) })
      }
    }
  }

  /** A server that crashes at every start is not started in a tight loop. */
  async #pause(): Promise<void> {
    const left = pauseMs - (performance.now() - this.#lastJoin)
    if (left <= 0) return
    await wait(left, undefined, { ref: false, signal: this.#stopping.signal }).catch(unless('ABORT_ERR'))
  }
}
