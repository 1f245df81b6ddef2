import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { connect, type Connection, type Database } from '../../src/db/connect.ts'

/** The migrated database that every test file's own is copied from. */
export const template = 'croft_test_template'

/** The server that this run uses. @throws with the command that starts one */
export function testServer(): Connection {
  const text = process.env['TEST_DATABASE']
  if (!text) throw new Error('No test database runs. Start the tests through npm: npm test, or npm test -- test/some.test.ts')
  return JSON.parse(text) as Connection
}

/** The same server, another of its databases. */
export function databaseOn(server: Connection, database: string): Connection {
  if (!('url' in server)) return { ...server, database }
  const url = new URL(server.url)
  url.pathname = `/${database}`
  return { url: url.href }
}

async function admin(statement: string): Promise<void> {
  const server = testServer()
  const client = new pg.Client('url' in server ? { connectionString: server.url } : { ...server, database: 'postgres' })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

export interface TestDatabase extends Database {
  connection: Connection
}

/** A database of its own: a copy of the template, dropped at `close`. */
export async function testDatabase(): Promise<TestDatabase> {
  const name = `croft_test_${randomUUID().replaceAll('-', '')}`
  await admin(`create database ${name} template ${template}`)
  const connection = databaseOn(testServer(), name)
  const database = connect(connection, { name: 'croft test', max: 10, onError: () => undefined })
  return {
    ...database,
    connection,
    async close() {
      await database.close()
      await admin(`drop database ${name} with (force)`)
    },
  }
}
