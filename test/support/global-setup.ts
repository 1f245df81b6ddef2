import { rm } from 'node:fs/promises'
import pg from 'pg'
import { connect, type Connection } from '../../src/db/connect.ts'
import { reachableTemporaryDir, startEmbedded, type EmbeddedDatabase } from '../../src/db/embedded/index.ts'
import { migrate } from '../../src/db/migrate.ts'
import { databaseOn, template } from './database.ts'

let embedded: EmbeddedDatabase | undefined
let dataDir: string | undefined

const quiet = () => undefined

/** One Postgres for the whole run (the embedded one, or the server in TEST_DATABASE_URL) with a migrated template. */
export async function globalSetup(): Promise<void> {
  if (!process.env['TEST_DATABASE_URL']) {
    dataDir = await reachableTemporaryDir('croft-test-')
    embedded = await startEmbedded({ dataDir, explicit: false, log: quiet })
    process.env['TEST_DATABASE'] = JSON.stringify(embedded.connection)
  } else process.env['TEST_DATABASE'] = JSON.stringify({ url: process.env['TEST_DATABASE_URL'] })
  const server = JSON.parse(process.env['TEST_DATABASE']) as Connection
  const client = new pg.Client('url' in server ? { connectionString: server.url } : { ...server, database: 'postgres' })
  await client.connect()
  await client.query(`drop database if exists ${template} with (force)`)
  await client.query(`create database ${template}`)
  await client.end()
  const database = connect(databaseOn(server, template), { name: 'croft test template', max: 4, onError: quiet })
  await migrate(database.pool)
  await database.close()
}

export async function globalTeardown(): Promise<void> {
  await embedded?.stop()
  if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true })
}
