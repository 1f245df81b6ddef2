import { connect } from '../../src/db/connect.ts'
import { databaseOn, testServer, type TestDatabase } from './database.ts'

/** Ends every connection to the database and lets no new one in, while `work` runs. */
export async function withoutDatabase({ connection }: TestDatabase, work: () => Promise<void>): Promise<void> {
  const name = 'url' in connection ? new URL(connection.url).pathname.slice(1) : connection.database
  const admin = connect(databaseOn(testServer(), 'postgres'), { name: 'admin', max: 1, onError: () => undefined })
  try {
    await admin.pool.query(`alter database ${name} allow_connections false`)
    await admin.pool.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
    await work()
  } finally {
    await admin.pool.query(`alter database ${name} allow_connections true`)
    await admin.close()
  }
}
