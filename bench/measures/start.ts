import { rm } from 'node:fs/promises'
import type { Bench, Measure, Row } from '../measure.ts'
import { startCroft } from '../support/croft-process.ts'
import { median } from '../support/figures.ts'

const root = new URL('../../', import.meta.url).pathname

/** From the spawn to the first 200 of /readyz. Cold: no database, no data directory, no compiled code. Warm: all of it. */
async function measureStart(bench: Bench): Promise<Row[]> {
  const [cold, warm]: [number[], number[]] = [[], []]
  for (let n = 0; n < bench.sizes.starts; n += 1) {
    const site = await bench.target.site()
    try {
      await rm(`${root}node_modules/.cache/compile`, { recursive: true, force: true })
      for (const times of [cold, warm]) {
        const croft = await startCroft(site.settings)
        times.push(croft.readyMs)
        await croft.stop()
      }
    } finally {
      await site.remove()
    }
  }
  const row = (what: string, times: readonly number[], limit: number): Row => ({
    what: `First 200 of /readyz, ${what}, median of ${times.length}`,
    p50: median(times),
    goal: `≤ ${limit.toLocaleString('en-US')} ms`,
    holds: median(times) <= limit,
  })
  return [row('cold: nothing there', cold, 2_000), row('warm', warm, 1_000)]
}

export const start: Measure = { name: 'start', run: measureStart }
