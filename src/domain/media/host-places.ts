/** A fetch that wants a place at a host. */
export interface WaitingFetch {
  /** One for each piece of media: a second job for the same piece does not wait twice. */
  key: string
  teamId: string
  /** Sends its job again. */
  again: () => Promise<void>
}

export interface HostPlaces {
  /**
   * Fetches at once where the host has a place left. Otherwise the fetch waits, holding no worker, and is sent again when a
   * place becomes free: first of the team that holds the fewest places there, then in the order of coming.
   */
  take(host: string, fetch: WaitingFetch, work: () => Promise<void>): Promise<void>
}

/** Places of each host in this process. What waits is forgotten with the process; the sweep finds it again. */
export function hostPlaces(most: number): HostPlaces {
  const underWay = new Map<string, string[]>()
  const waiting = new Map<string, Map<string, WaitingFetch>>()

  const next = (host: string): WaitingFetch | undefined => {
    const teams = underWay.get(host) ?? []
    const held = ({ teamId }: WaitingFetch) => teams.filter((team) => team === teamId).length
    let first: WaitingFetch | undefined
    for (const one of waiting.get(host)?.values() ?? []) if (!first || held(one) < held(first)) first = one
    return first
  }

  /** For each free place, since another process may take what is sent again. */
  const wakeNext = async (host: string) => {
    const line = waiting.get(host)
    for (let free = most - (underWay.get(host)?.length ?? 0); free > 0; free -= 1) {
      const one = next(host)
      if (!one) break
      line?.delete(one.key)
      await one.again()
    }
    if (line?.size === 0) waiting.delete(host)
  }

  return {
    async take(host, fetch, work) {
      const teams = underWay.get(host) ?? []
      if (teams.length >= most) {
        const line = waiting.get(host) ?? new Map<string, WaitingFetch>()
        if (!line.has(fetch.key)) line.set(fetch.key, fetch)
        waiting.set(host, line)
        return
      }
      underWay.set(host, [...teams, fetch.teamId])
      try {
        await work()
      } finally {
        const left = underWay.get(host) ?? []
        left.splice(left.indexOf(fetch.teamId), 1)
        if (left.length === 0) underWay.delete(host)
        await wakeNext(host)
      }
    },
  }
}
