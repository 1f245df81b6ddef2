import { randomInt } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chaos, full, losses, small, withPosts, type Outcome } from './chaos.ts'
import { report } from './report.ts'

/**
 * `npm run chaos -- [--seed N] [--runs N] [--small | --posts N | --losses N [--embedded]]`. The report is printed, and that of full
 * runs kept in bench/chaos.md.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string', default: '1' },
    small: { type: 'boolean', default: false },
    posts: { type: 'string' },
    losses: { type: 'string' },
    embedded: { type: 'boolean', default: false },
  },
})
const lost = values.losses === undefined ? null : losses(Number(values.losses), values.embedded ? 'embedded' : 'server')
const more = values.posts === undefined ? null : withPosts(Number(values.posts))
const size = lost ?? more ?? (values.small ? small : full)
const first = values.seed === undefined ? randomInt(1_000_000) : Number(values.seed)
const outcomes: Outcome[] = []
for (let run = 0; run < Number(values.runs); run += 1) {
  console.log(`seed ${first + run}`)
  outcomes.push(await chaos(first + run, size))
  console.log(`${outcomes.at(-1)?.broken.length ?? 0} promises broken, ${outcomes.at(-1)?.seconds ?? 0} s`)
}
const text = report(outcomes, size)
console.log(text)
if (size === full) await writeFile(join(import.meta.dirname, '../chaos.md'), `${text.trimEnd()}\n`)
process.exitCode = outcomes.every((one) => one.broken.length === 0) ? 0 : 1
