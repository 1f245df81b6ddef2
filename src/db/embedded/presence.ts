import { Socket } from 'node:net'
import { Client } from 'pg'
import { codeOf } from './errors.ts'

const connectMs = 5000
const lockOf = 'hashtextextended($1, 0)'
const lockKey = ['croft: present on the embedded database']

/** For pg. The port and no TLS are explicit so that PGPORT and PGSSLMODE in the environment have no effect. */
export interface Connection {
  host: string
  port: number
  user: string
  database: string
  ssl: false
}

/**
 * A session that holds a shared advisory lock for as long as this process uses the database. The server releases it
 * when the process ends, in whatever way, so a process that gets the lock exclusively knows that no other is there.
 */
export interface Presence {
  connection: Connection
  /** resolves when the session has ended, from either side */
  ended: Promise<void>
  /** releases the shared lock and returns whether this process was the last; then newcomers wait until the session ends */
  leave: () => Promise<boolean>
  close: () => Promise<void>
}

async function createDatabase(connection: Connection): Promise<void> {
  const client = new Client({ ...connection, database: 'postgres', connectionTimeoutMillis: connectMs })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(`create database ${connection.database}`)
  } finally {
    await client.end()
  }
}

/** Connects, and waits while another process stops the server. @throws pg's error if no connection is possible (yet) */
export async function attend(host: string, port: number): Promise<Presence> {
  const connection: Connection = { host, port, user: 'croft', database: 'croft', ssl: false }
  const socket = new Socket()
  const client = new Client({
    ...connection,
    application_name: 'croft presence',
    connectionTimeoutMillis: connectMs,
    stream: () => socket,
  })
  const ended = new Promise<void>((resolve) => client.once('end', resolve))
  // An error ends the session, and 'end' reports it. Without a listener it would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(`select pg_advisory_lock_shared(${lockOf})`, lockKey)
  } catch (error) {
    socket.destroy()
    if (codeOf(error) === '3D000') await createDatabase(connection)
    throw error
  }
  // The presence alone does not keep the process alive.
  socket.unref()
  const leave = async (): Promise<boolean> => {
    socket.ref()
    await client.query(`select pg_advisory_unlock_shared(${lockOf})`, lockKey)
    const { rows } = await client.query<{ last: boolean }>(`select pg_try_advisory_lock(${lockOf}) as last`, lockKey)
    return rows[0]?.last === true
  }
  return { connection, ended, leave, close: () => client.end() }
}
