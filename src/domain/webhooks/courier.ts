import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '../../lib/ids.ts'
import type { Context } from '../../kernel/context.ts'
import { fanOut } from './fan-out.ts'
import { takeTurn } from './lane-turn.ts'
import { claimLanes } from './lanes.ts'

/** What sends a worker's webhooks. */
export interface Courier {
  /** No new turn; the tries under way end. */
  stop(): Promise<void>
}

const pollMs = 500
/** Receivers written to at once by one process. They cost a socket each while they keep one waiting. */
const places = 128

/** Tells the endpoints what happened, and sends what is due, lane by lane. */
export function startCourier(ctx: Context): Courier {
  const holder = newId()
  const stopping = new AbortController()
  const turns = new Map<Promise<void>, string>()

  const takeTurns = async () => {
    const held = new Map<string, number>()
    for (const teamId of turns.values()) held.set(teamId, (held.get(teamId) ?? 0) + 1)
    for (const lane of await claimLanes(ctx, holder, places - turns.size, held)) {
      const turn = takeTurn(ctx, lane, stopping.signal)
        .catch((error: unknown) =>
          ctx.log.warn({ err: error, lane: lane.id }, 'a webhook turn broke off; the lane is taken up again'),
        )
        .finally(() => turns.delete(turn))
      turns.set(turn, lane.team_id)
    }
  }

  const run = async () => {
    while (!stopping.signal.aborted) {
      let more = false
      try {
        more = await fanOut(ctx)
        if (turns.size < places) await takeTurns()
      } catch (error) {
        ctx.log.warn({ err: error }, 'webhooks could not be looked for; it is tried again')
      }
      if (!more) await pause(pollMs, undefined, { signal: stopping.signal }).catch(() => null)
    }
  }
  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
      await Promise.all(turns.keys())
    },
  }
}
