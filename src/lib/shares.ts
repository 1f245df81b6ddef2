/** One who wants places: how many they hold, and how many more they could use. */
export interface Claimant {
  held: number
  wanted: number
}

/**
 * Shares free places out, one at a time, to whoever holds the fewest; a claimant stops at a quarter of what is free then.
 * So the first to come leave room, the more of it the fewer places are left, and who holds none gets the last ones.
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
