import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { KeyCaller } from '../../kernel/caller.ts'
import type { Context } from '../../kernel/context.ts'

/** Looks whether the keys behind long answers are still good, also when another process revoked them. */
export interface KeyWatch {
  /** Calls `ended` once the caller's key is revoked or expired. @returns what ends the watching */
  watch(caller: KeyCaller, ended: () => void): () => void
  stop(): Promise<void>
}

const pollMs = 1_000

interface Watched {
  teamId: string
  keyId: string
  ended: () => void
}

/** One query per second for the whole process, and none while nothing is watched. */
export function watchKeys(ctx: Context): KeyWatch {
  const all = new Set<Watched>()
  const stopping = new AbortController()
  let running: Promise<void> | null = null

  async function look(): Promise<void> {
    const asked = [...all]
    const { rows } = await sql<{ id: string }>`
      select k.id from api_keys k
      join unnest(${asked.map((one) => one.teamId)}::uuid[], ${asked.map((one) => one.keyId)}::uuid[]) as a (team_id, id)
        on k.team_id = a.team_id and k.id = a.id
      where k.revoked_at is null and (k.expires_at is null or k.expires_at > ${ctx.databaseClock.now()})`.execute(ctx.db)
    const good = new Set(rows.map(({ id }) => id))
    for (const one of asked) if (!good.has(one.keyId) && all.delete(one)) one.ended()
  }

  async function run(): Promise<void> {
    while (all.size > 0 && !stopping.signal.aborted) {
      await look().catch((error: unknown) => ctx.log.warn({ err: error }, 'keys could not be looked at; it is tried again'))
      await pause(pollMs, undefined, { signal: stopping.signal, ref: false }).catch(() => null)
    }
    running = null
  }

  return {
    watch(caller, ended) {
      const keyId = caller.kind === 'team_key' ? caller.keyId : caller.manager.id
      const watched = { teamId: caller.teamId, keyId, ended }
      all.add(watched)
      running ??= run()
      return () => void all.delete(watched)
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
