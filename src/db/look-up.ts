import pg from 'pg'
import type { Reader } from './statement.ts'
import { isDatabaseUnavailable } from './unavailable.ts'

/** Reads a few rows by their key, on one connection that many share. */
export interface LookUp {
  read: Reader
  close: () => Promise<void>
}

/**
 * Opens a connection at the first read, on which a statement is sent before the one ahead of it is answered: a third less
 * work for both sides than a connection each. What takes long holds up all behind it, so it is for reads by key alone.
 * A lost connection fails what was sent on it, and the next read opens another.
 * @param idleMs after which an unused connection is closed
 */
export function openLookUp(options: pg.ClientConfig, idleMs = 10_000): LookUp {
  let current: pg.Client | null = null
  let connecting: Promise<pg.Client> | null = null
  let underWay = 0

  const forget = (client: pg.Client): void => {
    if (current === client) current = null
  }
  const leave = async (): Promise<void> => {
    const client = current
    current = null
    await client?.end()
  }
  const idle = setTimeout(() => void (underWay === 0 ? leave() : idle.refresh()), idleMs).unref()

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({ ...options, pipeline: true })
    // The reads that were sent on a lost connection fail anyway; without a listener its event would end the process.
    client.on('error', () => forget(client))
    client.once('end', () => forget(client))
    try {
      await client.connect()
      return (current = client)
    } finally {
      connecting = null
    }
  }

  return {
    async read<Row>({ name, text }: Parameters<Reader>[0], values: readonly unknown[]) {
      underWay += 1
      let client: pg.Client | null = null
      try {
        client = current ?? (await (connecting ??= connect()))
        const { rows } = await client.query({ name, text, values: [...values] })
        return rows as Row[]
      } catch (error) {
        // A server that ends the session tells a statement before the connection closes.
        if (client && isDatabaseUnavailable(error)) forget(client)
        throw error
      } finally {
        underWay -= 1
        idle.refresh()
      }
    },
    async close() {
      clearTimeout(idle)
      await connecting?.catch(() => null)
      await leave()
    },
  }
}
