import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { measureLateness } from './lateness.ts'
import { startOutside, type Outside } from './outside.ts'
import { postgresServer } from './postgres.ts'
import { rowsOf, table, type Measured, type Row } from './report.ts'
import { measureStart } from './start.ts'
import { embedded, onServer, type Site, type Target } from './targets.ts'
import { measureThroughput } from './throughput.ts'

/** npm run bench: measures Croft on the embedded database and on a server, prints a table and writes it to bench/results.md. */

async function at<T>(target: Target, work: (site: Site) => Promise<T>): Promise<T> {
  const site = await target.site()
  try {
    return await work(site)
  } finally {
    await site.remove()
  }
}

async function versionOf(target: Target): Promise<string> {
  return at(target, async (site) => {
    const database = await site.open()
    const { rows } = await database.pool.query<{ server_version: string }>('show server_version')
    await database.close()
    return rows[0]?.server_version ?? ''
  })
}

async function measure(target: Target, outside: Outside): Promise<Measured> {
  const say = (what: string) => console.error(`${target.name}: ${what}`)
  say('start, cold and warm')
  const start = await at(target, measureStart)
  say('posts and profiles a second')
  const throughput = await at(target, (site) => measureThroughput(site, outside))
  say('how late scheduled posts start')
  return { start, throughput, lateness: await at(target, (site) => measureLateness(site, outside)) }
}

const explanation = `Made by \`npm run bench\`. Croft runs as \`croft serve\` in a process of its own, load comes from another over HTTP with keep-alive,
both on this machine together with Postgres, so the ratios tell more than the figures.

- *bare pg*: the same rows (post, task, event, timeline, audit, job) written, or read (profile, team), by \`pg\` in one named statement
  over the same kind of connection with as many callers: the most that this Postgres gives. Croft does more: the key, the checks, the transaction.
- *memory*: the highest resident memory of Croft's process until the end of that line's run, Postgres not included.
- *a second* of the posts due in one instant: until the last was published.`

const loadBefore = loadavg()[0] ?? Number.NaN
const server = await postgresServer()
const outside = await startOutside()
const sections: string[] = []
const rows: Row[] = []
try {
  for (const target of [embedded, ...(server ? [onServer(server)] : [])]) {
    const version = await versionOf(target)
    const found = rowsOf(await measure(target, outside))
    rows.push(...found)
    const how = target === embedded ? 'embedded, over its Unix socket' : (server?.how ?? '')
    const section = `## Postgres ${version}, ${how}\n\n${table(found)}`
    console.log(`\n${section}\n`)
    sections.push(section)
  }
} finally {
  outside.stop()
  await server?.stop()
}
const [cpu] = cpus()
const machine = [
  `${cpu?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB`,
  `load from others at the start ${loadBefore.toFixed(1)}`,
  `Node ${process.versions.node}`,
  new Date().toISOString().slice(0, 10),
].join('; ')
const none = server
  ? ''
  : '\n\nNo Postgres server was at hand: install one (apt-get install postgresql), or set BENCH_DATABASE_URL.'
await writeFile(
  new URL('results.md', import.meta.url),
  `# Benchmark\n\n${machine}\n\n${explanation}\n\n${sections.join('\n\n')}${none}\n`,
)
if (rows.some((row) => row.holds === false)) {
  console.error('A limit is broken; see FAIL above.')
  process.exitCode = 1
}
