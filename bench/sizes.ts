/** How much each measure does. */
export interface Sizes {
  /** Of one load; each side of a comparison is measured twice for as long. */
  seconds: number
  warmSeconds: number
  profiles: number
  /** Requests of 500 posts. */
  bulks: number
  /** Posts due at once, for the whole posts per second. */
  drain: number
  /** After which a drain is cut, and the rate taken of what was published. */
  drainSeconds: number
  /** Posts sent over HTTP, for the statements per post. */
  statements: number
  /** Posts that wait while others come due. */
  waiting: number
  /** Posts that come due one after the other. */
  late: number
  /** Posts of team A that are due when those of team B come due. */
  dueOfOther: number
  /** How long the filling of those may take. */
  fillSeconds: number
  /** Profiles of the large installation; ten times as many posts. */
  scale: number
  /** Of each request at each size; measured twice. */
  scaleSeconds: number
  starts: number
  idleSeconds: number
}

export const full: Sizes = {
  seconds: 8,
  warmSeconds: 3,
  profiles: 1_000,
  bulks: 30,
  drain: 20_000,
  drainSeconds: 60,
  statements: 1_000,
  waiting: 1_000_000,
  late: 200,
  dueOfOther: 100_000,
  fillSeconds: 45,
  scale: 1_000_000,
  scaleSeconds: 2,
  starts: 3,
  idleSeconds: 30,
}

/** Small enough to see in three minutes that every measure works; its figures say little. */
export const quick: Sizes = {
  seconds: 1,
  warmSeconds: 1,
  profiles: 200,
  bulks: 2,
  drain: 2_000,
  drainSeconds: 8,
  statements: 40,
  waiting: 2_000,
  late: 20,
  dueOfOther: 10_000,
  fillSeconds: 18,
  scale: 2_000,
  scaleSeconds: 1,
  starts: 1,
  idleSeconds: 2,
}
