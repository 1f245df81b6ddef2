import { rm } from 'node:fs/promises'
import pg from 'pg'
import { connect, poolOptions, type Connection, type Database } from '../src/db/connect.ts'
import { reachableTemporaryDir, startEmbedded } from '../src/db/embedded/index.ts'
import type { PostgresServer } from './postgres.ts'

/** A place for one Croft: nothing is in it yet. */
export interface Site {
  settings: Record<string, string>
  /** The database, once a Croft has started on it. `name`: another one beside it, made empty. */
  open(name?: string): Promise<Database & { connection: Connection }>
  /** Close what was opened first. */
  remove(): Promise<void>
}

export interface Target {
  name: string
  site(): Promise<Site>
}

const quiet = () => undefined

async function openDatabase(connection: Connection): Promise<Database & { connection: Connection }> {
  return Promise.resolve({ ...connect(connection, { name: 'croft bench', max: 20, onError: quiet }), connection })
}

async function run(connection: Connection, statement: string): Promise<void> {
  const client = new pg.Client(poolOptions(connection, 'croft bench', 1))
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function otherDatabase(connection: Connection, database: string): Connection {
  if (!('url' in connection)) return { ...connection, database }
  const url = new URL(connection.url)
  url.pathname = `/${database}`
  return { url: url.href }
}

export const embedded: Target = {
  name: 'embedded',
  async site() {
    const dataDir = await reachableTemporaryDir('croft-bench-')
    const joined: Awaited<ReturnType<typeof startEmbedded>>[] = []
    return {
      settings: { CROFT_DATA_DIR: dataDir },
      async open(name) {
        const one = await startEmbedded({ dataDir, explicit: true, log: quiet })
        joined.push(one)
        if (name === undefined) return openDatabase(one.connection)
        await run(one.connection, `create database ${name}`)
        return openDatabase(otherDatabase(one.connection, name))
      },
      async remove() {
        for (const one of joined) await one.stop()
        await rm(dataDir, { recursive: true, force: true })
      },
    }
  },
}

export const onServer = (server: PostgresServer): Target => ({
  name: 'server',
  async site() {
    const dataDir = await reachableTemporaryDir('croft-bench-')
    const admin: Connection = { url: server.url }
    const names = [`croft_bench_${process.pid}_${Date.now()}`]
    const main = otherDatabase(admin, names[0] ?? '')
    await run(admin, `create database ${names[0] ?? ''}`)
    return {
      settings: { CROFT_DATA_DIR: dataDir, DATABASE_URL: 'url' in main ? main.url : '' },
      async open(suffix) {
        if (suffix === undefined) return openDatabase(main)
        const name = `${names[0] ?? ''}_${suffix}`
        names.push(name)
        await run(admin, `create database ${name}`)
        return openDatabase(otherDatabase(admin, name))
      },
      async remove() {
        for (const name of names) await run(admin, `drop database ${name} with (force)`)
        await rm(dataDir, { recursive: true, force: true })
      },
    }
  },
})
