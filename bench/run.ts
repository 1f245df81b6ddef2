import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { Bench, Measure, Row } from './measure.ts'
import { bulk } from './measures/bulk.ts'
import { drained } from './measures/drain.ts'
import { fairness } from './measures/fairness.ts'
import { lateness } from './measures/lateness.ts'
import { memory } from './measures/memory.ts'
import { posts } from './measures/posts.ts'
import { read } from './measures/read.ts'
import { scaled } from './measures/scale.ts'
import { start } from './measures/start.ts'
import { statements } from './measures/statements.ts'
import { explanation, table } from './report.ts'
import { full, quick } from './sizes.ts'
import { startOutside } from './support/outside.ts'
import { postgresServer } from './support/postgres.ts'
import { embedded, onServer, type Target } from './support/targets.ts'
import { requireWrk } from './support/wrk.ts'

/**
 * `npm run bench -- [--quick] [--only NAME]… [--target embedded|server] [--scale PROFILES]`. Measures Croft on the embedded database and on a
 * server. A run of everything at full size is kept in bench/results.md; any other is only printed.
 */

// Memory first: a server that has worked keeps more of it.
const measures: Measure[] = [memory, start, posts, bulk, read, drained, statements, lateness, fairness, scaled]

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    target: { type: 'string' },
    scale: { type: 'string' },
  },
})
const names = measures.map(({ name }) => name)
for (const name of values.only ?? []) if (!names.includes(name)) throw new Error(`--only takes ${names.join(', ')}; not ${name}`)
const size = values.quick ? quick : full
const sizes = values.scale === undefined ? size : { ...size, scale: Number(values.scale) }
const isWhole = !values.quick && values.only === undefined && values.target === undefined && values.scale === undefined

/** One that fails leaves the others their turn. */
async function rowsOf(measure: Measure, bench: Bench): Promise<Row[]> {
  const began = performance.now()
  try {
    return await measure.run(bench)
  } catch (error) {
    console.error(error)
    return [{ what: measure.name, failed: String(error), holds: false }]
  } finally {
    console.error(`${bench.target.name}: ${measure.name}, ${Math.round((performance.now() - began) / 1_000)} s`)
  }
}

async function versionOf(target: Target): Promise<string> {
  const site = await target.site()
  try {
    const database = await site.open()
    const { rows } = await database.pool.query<{ server_version: string }>('show server_version')
    await database.close()
    return rows[0]?.server_version ?? ''
  } finally {
    await site.remove()
  }
}

const wrk = requireWrk()
const loadBefore = loadavg()[0] ?? Number.NaN
const server = values.target === 'embedded' ? null : await postgresServer()
const outside = await startOutside()
const sections: string[] = []
const rows: Row[] = []
const began = performance.now()
try {
  const targets = [...(values.target === 'server' ? [] : [embedded]), ...(server ? [onServer(server)] : [])]
  for (const target of targets) {
    const found: Row[] = []
    for (const measure of measures.filter(({ name }) => values.only?.includes(name) ?? true))
      found.push(...(await rowsOf(measure, { target, sizes, outside })))
    rows.push(...found)
    const how = target === embedded ? 'embedded, over its Unix socket' : (server?.how ?? '')
    sections.push(`## Postgres ${await versionOf(target)}, ${how}\n\n${table(found)}`)
    console.log(`\n${sections.at(-1) ?? ''}\n`)
  }
} finally {
  outside.stop()
  await server?.stop()
}
const [cpu] = cpus()
const machine = [
  `\`npm run bench\`, ${new Date().toISOString().slice(0, 10)}, ${Math.round((performance.now() - began) / 60_000)} minutes`,
  `${cpu?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB`,
  `load of others at the start ${loadBefore.toFixed(1)}`,
  `Node ${process.versions.node}, wrk ${wrk}`,
].join('; ')
const none =
  server || values.target === 'embedded'
    ? ''
    : '\n\nThere was no Postgres server: install one (apt-get install postgresql), or set BENCH_DATABASE_URL.'
if (isWhole)
  await writeFile(
    new URL('results.md', import.meta.url),
    `# Benchmark\n\n${machine}\n\n${explanation}\n\n${sections.join('\n\n')}${none}\n`,
  )
console.log(machine + none)
if (rows.some((row) => row.holds === false)) {
  console.error('A goal is missed; see FAIL above.')
  process.exitCode = 1
}
