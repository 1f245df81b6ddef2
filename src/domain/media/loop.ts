import { startLoop, type RunningLoop } from '../../engine/loop.ts'
import { keepLeases } from '../../engine/leases.ts'
import type { Context } from '../../kernel/context.ts'
import { chooseRows } from './choose.ts'
import { hostOf, type HostPlaces } from './host-places.ts'
import type { MediaKind, MediaRequest } from './kind.ts'
import { claimRows, extendRows, findDue } from './media-rows.ts'
import { openPreparation } from './prepare.ts'

/** The pause between two looks of a loop that has places left, so that one claim takes what comes meanwhile. */
const restMs = 25

/**
 * Fetches and checks the media of one table's rows: those of the teams that hold the fewest places first, and of each host
 * only as many as it has free places.
 */
export function startMediaLoop<Row extends MediaRequest>(ctx: Context, kind: MediaKind<Row>, hosts: HostPlaces): RunningLoop {
  const { concurrency, share } = kind
  const held = new Map<string, number>()
  const leases = keepLeases<Row>({ everyMs: ctx.lease.ms / 3, extend: (rows) => extendRows(ctx, kind, rows) }, ctx.log)
  const prepare = openPreparation(ctx, kind)
  let after: string | null = null

  /** Claims among the teams behind `after`. `again`: there may be rows although none was claimed. */
  const claimBehind = async (free: number): Promise<{ rows: Row[]; again: boolean }> => {
    const teams = [...held].filter(([, count]) => count >= share).map(([team]) => team)
    const from = after
    const found = await findDue(ctx, kind, { after: from, most: Math.min(free, share), teams, hosts: hosts.full() })
    after = found.end
    const due = found.rows.map((row) => ({ row, teamId: row.team_id, host: hostOf(ctx, row.media_url) }))
    const chosen = chooseRows(due, { free, share, held, hosts })
    let rows: Row[] = []
    try {
      rows = await claimRows(
        ctx,
        kind,
        chosen.map(({ row }) => row),
      )
    } finally {
      for (const { host } of chosen) hosts.release(host)
      for (const { media_url } of rows) hosts.take(hostOf(ctx, media_url ?? ''))
    }
    for (const { team_id } of rows) held.set(team_id, (held.get(team_id) ?? 0) + 1)
    // Others may have been quicker, and the rest of the teams is yet to be looked at.
    return { rows, again: chosen.length > 0 || from !== null || after !== null }
  }

  const loop = startLoop<Row>(
    {
      name: kind.loop,
      concurrency,
      restMs,
      async claim(free) {
        for (let looks = 0; looks < 3; looks += 1) {
          const { rows, again } = await claimBehind(free)
          if (rows.length > 0 || !again) return rows
        }
        return []
      },
      async run(row, stopping) {
        const lease = leases.hold(row, stopping)
        try {
          await prepare(row, lease.signal)
        } finally {
          lease.end()
          hosts.release(hostOf(ctx, row.media_url ?? ''))
          const left = (held.get(row.team_id) ?? 1) - 1
          if (left > 0) held.set(row.team_id, left)
          else held.delete(row.team_id)
        }
      },
    },
    ctx.log,
  )
  ctx.wakeups.set(kind.loop, () => loop.wake())
  return {
    ...loop,
    async stop(graceMs) {
      ctx.wakeups.delete(kind.loop)
      await loop.stop(graceMs)
      leases.stop()
    },
  }
}
