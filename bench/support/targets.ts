import { appendFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { connect, poolOptions, type Connection, type Database } from '../../src/db/connect.ts'
import { reachableTemporaryDir, startEmbedded } from '../../src/db/embedded/index.ts'
import type { PostgresServer } from './postgres.ts'

/** A place for one Croft: nothing is in it yet. */
export interface Site {
  settings: Record<string, string>
  /** The database, once a Croft has started on it. Close it before the site is removed. */
  open(): Promise<Opened>
  /** Process ids of Postgres; none for a server that the benchmark did not start. */
  postgres(): Promise<number[]>
  remove(): Promise<void>
}

/** As Croft opens its own: the same options, the same durability. */
export interface Opened extends Database {
  connection: Connection
  /** Another database of the same server. */
  admin: pg.Pool
  name: string
}

export interface Target {
  name: string
  /** `statements`: with pg_stat_statements. */
  site(options?: { statements?: boolean }): Promise<Site>
}

const quiet = () => undefined

function openDatabase(connection: Connection, admin: Connection, leave: () => Promise<void> = () => Promise.resolve()): Opened {
  const database = connect(connection, { name: 'bench', max: 20, onError: quiet })
  const other = new pg.Pool({ ...poolOptions(admin, 'bench admin', 2) })
  other.on('error', quiet)
  const name = 'url' in connection ? new URL(connection.url).pathname.slice(1) : connection.database
  const close = async () => {
    if (other.ended) return
    await other.end()
    await database.close()
    await leave()
  }
  return { ...database, connection, admin: other, name, close }
}

function otherDatabase(connection: Connection, database: string): Connection {
  if (!('url' in connection)) return { ...connection, database }
  const url = new URL(connection.url)
  url.pathname = `/${database}`
  return { url: url.href }
}

async function run(connection: Connection, statement: string): Promise<void> {
  const client = new pg.Client(poolOptions(connection, 'bench admin', 1))
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Makes the cluster, so that what it needs can be written to its configuration before Croft starts it. */
async function preload(dataDir: string): Promise<void> {
  const made = await startEmbedded({ dataDir, explicit: true, log: quiet })
  await made.stop()
  await appendFile(join(dataDir, 'postgres/postgresql.conf'), "shared_preload_libraries = 'pg_stat_statements'\n")
}

export const embedded: Target = {
  name: 'embedded',
  async site({ statements = false } = {}) {
    const dataDir = await reachableTemporaryDir('croft-bench-')
    if (statements) await preload(dataDir)
    return {
      settings: { CROFT_DATA_DIR: dataDir },
      async open() {
        const one = await startEmbedded({ dataDir, explicit: true, log: quiet })
        return openDatabase(one.connection, otherDatabase(one.connection, 'postgres'), one.stop)
      },
      async postgres() {
        const pid = await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')
        return [Number(pid.split('\n')[0])]
      },
      remove: () => rm(dataDir, { recursive: true, force: true }),
    }
  },
}

let databases = 0

export const onServer = (server: PostgresServer): Target => ({
  name: 'server',
  async site() {
    const dataDir = await reachableTemporaryDir('croft-bench-')
    const admin: Connection = { url: server.url }
    const name = `croft_bench_${process.pid}_${(databases += 1)}`
    const main = otherDatabase(admin, name)
    await run(admin, `create database ${name}`)
    return {
      settings: { CROFT_DATA_DIR: dataDir, DATABASE_URL: 'url' in main ? main.url : '' },
      open: () => Promise.resolve(openDatabase(main, admin)),
      postgres: () => Promise.resolve(server.pid === null ? [] : [server.pid]),
      async remove() {
        await run(admin, `drop database ${name} with (force)`)
        await rm(dataDir, { recursive: true, force: true })
      },
    }
  },
})
