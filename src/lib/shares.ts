/** A claimant of places: how many it holds, and how many more it could use. */
export interface Claimant {
  held: number
  wanted: number
}

/**
 * Distributes free places one at a time, to the claimant that holds the fewest. A claimant stops at a quarter of the
 * places that were free. So the first claimants leave some, and a claimant that holds none gets the last places.
 * @returns how many each claimant gets, in the order given
 */
export function shareOut(free: number, claimants: readonly Claimant[]): number[] {
  const given = claimants.map(() => 0)
  for (let left = free; left > 0; left -= 1) {
    const allowed = Math.max(1, Math.floor(left / 4))
    let [next, fewest] = [-1, Infinity]
    for (const [index, { held, wanted }] of claimants.entries()) {
      const has = held + (given[index] ?? 0)
      if ((given[index] ?? 0) >= wanted || has >= allowed || has >= fewest) continue
      ;[next, fewest] = [index, has]
    }
    if (next === -1) break
    given[next] = (given[next] ?? 0) + 1
  }
  return given
}
