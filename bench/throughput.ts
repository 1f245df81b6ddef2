import { randomInt } from 'node:crypto'
import { migrate } from '../src/db/migrate.ts'
import { findOrCreateTeam } from '../src/domain/teams/find.ts'
import { postOf, readProfile, writePost } from './bare.ts'
import { createKey, startCroft, type CroftProcess } from './croft-process.ts'
import type { Figures } from './figures.ts'
import { fillProfiles } from './fill.ts'
import { askFor, repeat } from './load.ts'
import type { Outside } from './outside.ts'
import { queueOn } from './queue.ts'
import type { Site } from './targets.ts'

export interface Loaded {
  figures: Figures
  /** Of bare pg with as many callers. */
  bare: Figures
  /** The server's highest resident memory by the end of the run. */
  peakMb: number
}
export interface Throughput {
  silent: Loaded
  gone: Loaded
  one: Loaded
  read: Loaded
  readOne: Loaded
}

const callers = 20
const seconds = Number(process.env['BENCH_SECONDS'] ?? 10)
const warmSeconds = 2

const team = 'bench'
const anyOf = (ids: readonly string[]): string => ids[randomInt(ids.length)] ?? ''

/** What bare pg does in a database of its own beside Croft's, with the same tables, while Croft idles. */
async function measureBare(site: Site, outside: Outside) {
  const database = await site.open('bare')
  await migrate(database.pool)
  await (await queueOn(database)).stop(0)
  const { id } = await findOrCreateTeam(database.db, team, new Date())
  const profiles = await fillProfiles(database.db, id, 1_000)
  const write = () => writePost(database.pool, id, postOf(anyOf(profiles), outside.silent, outside.webhook))
  const read = () => readProfile(database.pool, id, anyOf(profiles))
  await repeat(callers, warmSeconds, write)
  const bare = {
    write: await repeat(callers, seconds, write),
    writeOne: await repeat(1, seconds / 2, write),
    read: await repeat(callers, seconds, read),
    readOne: await repeat(1, seconds / 2, read),
  }
  await database.close()
  return bare
}

function requests(croft: CroftProcess, key: string, profiles: readonly string[], outside: Outside) {
  const post = (mediaUrl: string, connections: number, duration: number) =>
    askFor(
      {
        url: `${croft.address}/v1/posts`,
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        connections,
        duration,
        requests: [
          {
            setupRequest: (request) => ({ ...request, body: JSON.stringify(postOf(anyOf(profiles), mediaUrl, outside.webhook)) }),
          },
        ],
      },
      202,
    )
  const get = (connections: number, duration: number) => {
    const [id = ''] = profiles
    return askFor({ url: `${croft.address}/v1/farm-profiles/${id}`, headers: { 'x-api-key': key }, connections, duration }, 200)
  }
  return { post, get }
}

/** Accepted posts and read profiles a second, beside the same rows by bare pg. */
export async function measureThroughput(site: Site, outside: Outside): Promise<Throughput> {
  const croft = await startCroft(site.settings)
  try {
    const key = await createKey(site.settings, team)
    const database = await site.open()
    const { id } = await findOrCreateTeam(database.db, team, new Date())
    const profiles = await fillProfiles(database.db, id, 1_000)
    await database.close()
    const bare = await measureBare(site, outside)
    const { post, get } = requests(croft, key, profiles, outside)
    await get(callers, warmSeconds)
    const loaded = async (figures: Promise<Figures>, beside: Figures): Promise<Loaded> => ({
      figures: await figures,
      bare: beside,
      peakMb: await croft.peakMb(),
    })
    const read = await loaded(get(callers, seconds), bare.read)
    const readOne = await loaded(get(1, seconds / 2), bare.readOne)
    await post(outside.gone, callers, warmSeconds)
    const gone = await loaded(post(outside.gone, callers, seconds), bare.write)
    const silent = await loaded(post(outside.silent, callers, seconds), bare.write)
    const one = await loaded(post(outside.silent, 1, seconds / 2), bare.writeOne)
    return { silent, gone, one, read, readOne }
  } finally {
    await croft.stop()
  }
}
