import type { Connection } from '../../src/db/connect.ts'

/** A connection as DATABASE_URL takes it, for a process of its own. */
export const connectionUrl = (connection: Connection): string =>
  'url' in connection
    ? connection.url
    : `postgresql://${connection.user}@localhost:${connection.port}/${connection.database}?host=${encodeURIComponent(connection.host)}`
