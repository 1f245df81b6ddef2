import { shareOut } from '../../lib/shares.ts'
import type { HostPlaces } from './host-places.ts'

/** A row whose media is due. */
export interface Candidate {
  teamId: string
  host: string | null
}

/**
 * Chooses rows for the free places: the teams that hold the fewest first, each up to its share, and of a host only as many as
 * it has free places. The chosen rows' places at their hosts are taken.
 * @param candidates each team's rows in the order in which they became due
 * @param held how many rows of each team are under way
 */
export function chooseRows<Row extends Candidate>(
  candidates: readonly Row[],
  { free, share, held, hosts }: { free: number; share: number; held: ReadonlyMap<string, number>; hosts: HostPlaces },
): Row[] {
  const ofTeam = Map.groupBy(candidates, ({ teamId }) => teamId)
  const teams = [...ofTeam].map(([teamId, rows]) => ({ rows, held: held.get(teamId) ?? 0 })).sort((a, b) => a.held - b.held)
  const given = shareOut(
    free,
    teams.map(({ rows, held: has }) => ({ held: has, wanted: Math.min(rows.length, share - has) })),
  )
  const chosen: Row[] = []
  for (let round = 0, found = true; found; round += 1) {
    found = false
    for (const [index, { rows }] of teams.entries()) {
      if (round >= (given[index] ?? 0)) continue
      const at = rows.findIndex(({ host }) => hosts.hasRoom(host))
      const [row] = at === -1 ? [] : rows.splice(at, 1)
      if (!row) continue
      hosts.take(row.host)
      chosen.push(row)
      found = true
    }
  }
  return chosen
}
