import { existsSync } from 'node:fs'
import pg from 'pg'
import { pino, type Logger } from 'pino'
import { dataDirOf } from '../config/data-dir.ts'
import type { Settings } from '../config/settings.ts'
import { startEmbedded } from '../db/embedded/index.ts'
import { migrate } from '../db/migrate.ts'
import { poolOptions, type Connection } from '../db/pool-options.ts'
import { requireServer } from '../db/require-server.ts'
import { standardOutput } from '../lib/log-output.ts'
import type { Substitutes } from './croft.ts'

/** What everything else stands on: the log, the data directory and a database whose schema is up to date. */
export interface Foundation {
  log: Logger
  logLinesDropped: () => number
  dataDir: string
  connection: Connection
  /** Closes what is open, and what later parts add to it, in reverse. */
  opened: AsyncDisposableStack
}

async function updateSchema(connection: Connection, report: (line: string, details?: object) => void): Promise<void> {
  const pool = new pg.Pool(poolOptions(connection, 'croft migrations', 1))
  pool.on('error', () => undefined)
  try {
    await migrate(pool, report)
  } finally {
    await pool.end()
  }
}

/**
 * Opens the foundation. It imports little, so that the rest of the code can load while Postgres starts.
 * @param waiting is called when Postgres is at work and this process only waits, if that happens
 * @throws EmbeddedDatabaseError, DatabaseServerError or SchemaTooNewError, each with a message that says what to do
 */
export async function openFoundation(settings: Settings, substitutes: Substitutes, waiting?: () => void): Promise<Foundation> {
  const opened = new AsyncDisposableStack()
  try {
    // The multipart plugin logs the headers of a request, including its key, at level trace.
    const output = standardOutput(substitutes.say ? 2 : 1)
    const log = pino({ level: settings.LOG_LEVEL, redact: ['busboyOptions.headers'] }, output)
    output.onRoom((dropped) => log.error({ dropped }, 'log lines were dropped because they could not be written'))
    const report = substitutes.say ?? ((line: string, details: object = {}) => log.info(details, line))
    const { dataDir, explicit } = dataDirOf(settings)
    if (!existsSync(dataDir))
      report(`Creating the data directory ${dataDir}, which does not exist (CROFT_DATA_DIR names another)`)
    const embedded =
      settings.DATABASE_URL === null && !substitutes.connection
        ? await startEmbedded({ dataDir, explicit, log: report, ...(waiting ? { waiting } : {}) })
        : null
    opened.defer(() => embedded?.stop())
    const connection = substitutes.connection ?? embedded?.connection ?? { url: settings.DATABASE_URL ?? '' }
    if ('url' in connection) await requireServer(poolOptions(connection, 'croft', 1))
    await updateSchema(connection, report)
    return { log, logLinesDropped: output.dropped, dataDir, connection, opened }
  } catch (error) {
    // What stays open would keep the process alive, and an embedded database with it.
    await opened.disposeAsync()
    throw error
  }
}
