import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import type pg from 'pg'
import type { DatabaseClock } from '../db/clock.ts'
import type { Db } from '../db/connect.ts'
import type { Subscriber } from '../db/listen.ts'
import type { KeyIdentity } from './caller.ts'

/** An identity as the database has it now, and for how long it holds: null if the key does not expire. */
export interface FoundIdentity {
  identity: KeyIdentity
  expiresInMs: number | null
}

interface Entry {
  identity: KeyIdentity
  /** Counted as the database's clock runs; before `from` the clock was set back. */
  from: number
  until: number
}

/** The channel of the triggers on the keys' tables: migration 0021. */
const channel = 'croft_keys'
/** The class of advisory locks of which each process that keeps identities holds one, under a number of its own. */
const lockClass = 7_236_012
const ttlMs = 3_000
const mostEntries = 10_000

const isStatementTimeout = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '57014'

/**
 * The identities of keys that were used within the last seconds. A process keeps some only while its listening
 * connection holds a lock under a random number. At a notification it forgets all, and only then gives that lock back and
 * takes one under another number. So {@link awaitKeyChange} knows when everybody has forgotten.
 */
export class KeyCache implements Subscriber {
  readonly channel = channel
  readonly #clock: DatabaseClock
  readonly #entries = new Map<string, Entry>()
  /** Counts what may have changed the identities: what was read before a change is not kept after it. */
  #changes = 0
  #open = false
  #held: number | null = null
  #renewing = false

  constructor(clock: DatabaseClock) {
    this.#clock = clock
  }

  /** Whether identities are kept now. */
  get isOpen(): boolean {
    return this.#open
  }

  /** The identity kept under a key's hash, or null if it must be asked for. */
  find(hash: string): KeyIdentity | null {
    const entry = this.#entries.get(hash)
    if (!entry) return null
    const now = this.#clock.elapsedMs()
    return now >= entry.from && now < entry.until ? entry.identity : null
  }

  /** Reads an identity, and keeps it unless something changed meanwhile. What does not exist is not kept. */
  async load(hash: string, read: () => Promise<FoundIdentity | null>): Promise<KeyIdentity | null> {
    const changes = this.#changes
    const from = this.#clock.elapsedMs()
    const found = await read()
    if (!found) return null
    if (this.#open && changes === this.#changes) {
      this.#entries.delete(hash)
      this.#entries.set(hash, { identity: found.identity, from, until: from + Math.min(ttlMs, found.expiresInMs ?? ttlMs) })
      if (this.#entries.size > mostEntries) this.#dropOldest()
    }
    return found.identity
  }

  #dropOldest(): void {
    for (const hash of this.#entries.keys()) return void this.#entries.delete(hash)
  }

  async connected(client: pg.Client): Promise<void> {
    this.#held = null
    await this.#renew(client)
  }

  async notified(client: pg.Client): Promise<void> {
    this.#close()
    if (!this.#renewing) await this.#renew(client)
  }

  disconnected(): void {
    this.#close()
    this.#held = null
  }

  #close(): void {
    this.#changes += 1
    this.#open = false
    this.#entries.clear()
  }

  /** Takes a lock under a new number in the place of the one that it holds. */
  async #renew(client: pg.Client): Promise<void> {
    this.#renewing = true
    try {
      for (let changes = -1; changes !== this.#changes;) {
        changes = this.#changes
        const number = randomInt(2 ** 31)
        await client.query('select pg_advisory_lock($1, $2), pg_advisory_unlock($1, $3)', [lockClass, number, this.#held])
        this.#held = number
      }
      this.#changes += 1
      this.#open = true
    } finally {
      this.#renewing = false
    }
  }
}

/**
 * Call it after a commit that changed what keys may do. Resolves when no process answers by what it knew before: at once,
 * as a rule; if a process hangs, after the time to live, when whatever that process kept has run out.
 */
export async function awaitKeyChange(db: Db): Promise<void> {
  // A process that takes a lock from here on reads identities after the change.
  const { rows } = await sql<{ objid: number }>`
    select objid::int from pg_locks
    where locktype = 'advisory' and classid = ${lockClass} and objsubid = 2 and granted
      and database = (select oid from pg_database where datname = current_database())`.execute(db)
  if (rows.length === 0) return
  const numbers = rows.map(({ objid }) => objid)
  // The change's own notification may have been heard before these locks were taken.
  await sql`select pg_notify(${channel}, '')`.execute(db)
  try {
    await db.transaction().execute(async (trx) => {
      await sql`select set_config('statement_timeout', ${`${ttlMs + 500}ms`}, true)`.execute(trx)
      await sql`select pg_advisory_xact_lock_shared(${lockClass}, n) from unnest(${numbers}::int[]) n`.execute(trx)
    })
  } catch (error) {
    if (!isStatementTimeout(error)) throw error
  }
}
