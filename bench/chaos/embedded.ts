import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { reachableTemporaryDir, startEmbedded } from '../../src/db/embedded/index.ts'
import { findPostmaster } from '../../src/db/embedded/postmaster.ts'
import { connectionUrl } from '../../test/support/connection-url.ts'
import { until } from '../../test/support/wait.ts'
import type { Postgres } from './postgres.ts'

const quiet = () => undefined

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 })
  client.on('error', quiet)
  return client
    .connect()
    .then(() => client.query('select 1'))
    .then(
      () => true,
      () => false,
    )
    .finally(() => client.end().catch(quiet))
}

/** The database that Croft brings along, shared with the processes of the run: whoever notices first starts it again. */
export async function startEmbeddedPostgres(): Promise<Postgres> {
  const dataDir = await reachableTemporaryDir('croft-chaos-data-')
  const database = await startEmbedded({ dataDir, explicit: false, log: quiet })
  const url = connectionUrl(database.connection)
  const running = async () => {
    const found = await findPostmaster(join(dataDir, 'postgres'))
    return found.state === 'running' ? found.pid : null
  }
  return {
    url,
    dataDir,
    async lose(how) {
      const lost = await until(running, { what: 'the embedded server' })
      process.kill(lost, how)
      const other = async () => {
        const now = await running()
        return now !== null && now !== lost && answers(url)
      }
      await until(other, { timeoutMs: 60_000, what: 'another embedded server' })
    },
    async stop() {
      await database.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
