import { setTimeout as pause } from 'node:timers/promises'
import { keepLeases } from '../../engine/leases.ts'
import { startLoop, type RunningLoop } from '../../engine/loop.ts'
import type { Context } from '../../kernel/context.ts'
import { batch, fanOut, isBehind } from './fan-out.ts'
import { takeTurn } from './lane-turn.ts'
import { claimLanes, extendLanes, type Lane } from './lanes.ts'

/** What sends a worker's webhooks. */
export interface Courier {
  isAlive(ms: number): boolean
  /** No new turn; the tries under way get `graceMs` to end. */
  stop(graceMs: number): Promise<void>
}

/** Receivers written to at once by one process. They cost a socket each while they keep one waiting. */
const mostLanes = 128
/** The pause between two looks of a loop that has places left, so that one claim takes what comes meanwhile. */
const restMs = 25
/** How long the fan-out waits for another process that is at it. */
const othersMs = 250
/** How long it rests after it has caught up, so that it reads what comes meanwhile at once. */
const gatherMs = 100

/** Sends what is due, lane by lane. */
function startLanes(ctx: Context, places: number, stopping: AbortSignal): RunningLoop {
  const held = new Map<string, number>()
  const leases = keepLeases<Lane>({ everyMs: ctx.lease.ms / 4, extend: (lanes) => extendLanes(ctx, lanes) }, ctx.log)
  const loop = startLoop<Lane>(
    {
      name: 'webhooks',
      concurrency: places,
      restMs,
      async claim(free) {
        const lanes = await claimLanes(ctx, free, held)
        for (const { team_id } of lanes) held.set(team_id, (held.get(team_id) ?? 0) + 1)
        return lanes
      },
      async run(lane) {
        const lease = leases.hold(lane, stopping)
        try {
          await takeTurn(ctx, lane, lease.signal)
        } finally {
          lease.end()
          const left = (held.get(lane.team_id) ?? 1) - 1
          if (left > 0) held.set(lane.team_id, left)
          else held.delete(lane.team_id)
        }
      },
    },
    ctx.log,
  )
  ctx.wakeups.set('webhooks', () => loop.wake())
  return {
    ...loop,
    async stop(graceMs) {
      ctx.wakeups.delete('webhooks')
      await loop.stop(graceMs)
      leases.stop()
    },
  }
}

/** Turns events into deliveries, one process at a time. */
const startFanOut = (ctx: Context, stopping: AbortSignal): RunningLoop =>
  startLoop<'events'>(
    {
      name: 'events',
      concurrency: 1,
      claim: async () => ((await isBehind(ctx)) ? ['events'] : []),
      async run() {
        let read = await fanOut(ctx)
        const others = read === 0
        while (read === batch && !stopping.aborted) read = await fanOut(ctx)
        if (!others) ctx.wakeups.wake('webhooks')
        await pause(others ? othersMs : gatherMs, undefined, { signal: stopping }).catch(() => null)
      },
    },
    ctx.log,
  )

/** Tells the endpoints what happened, and sends what is due. `places`: lanes held at once. */
export function startCourier(ctx: Context, places = mostLanes): Courier {
  const stopping = new AbortController()
  const loops = [startFanOut(ctx, stopping.signal), startLanes(ctx, places, stopping.signal)]
  return {
    isAlive: (ms) => loops.every((loop) => loop.isAlive(ms)),
    async stop(graceMs) {
      stopping.abort()
      await Promise.all(loops.map((loop) => loop.stop(graceMs)))
    },
  }
}
