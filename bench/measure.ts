import type { Sizes } from './sizes.ts'
import type { Outside } from './support/outside.ts'
import type { Target } from './support/targets.ts'

/** One line of the results. Times in milliseconds; the figures' unit stands in `what`. */
export interface Row {
  what: string
  croft?: number
  beside?: number
  ratio?: number
  p50?: number
  p99?: number
  goal?: string
  /** Whether the goal is met; left out for a line that only informs. */
  holds?: boolean
  /** In the place of figures: why there are none. */
  failed?: string
}

export interface Bench {
  target: Target
  sizes: Sizes
  outside: Outside
}

export interface Measure {
  name: string
  run(bench: Bench): Promise<Row[]>
}
