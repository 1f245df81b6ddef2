import pg from 'pg'

/** The server that DATABASE_URL names cannot be used. The message says why and what to do, and contains no password. */
export class DatabaseServerError extends Error {
  override name = 'DatabaseServerError'
}

const oldest = 15

interface Place {
  /** host:port, or the path of a socket */
  at: string
  host: string
  user: string
  database: string
}

const placeOf = ({ host, port, user = '', database = '' }: pg.Client): Place => ({
  at: host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host}:${port}`,
  host,
  user,
  database,
})

const unreachable = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'])
const unknownHost = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NONAME', 'EAI_NODATA'])

function explain(error: unknown, { at, host, user, database }: Place): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED' || code === 'ENOENT')
    return `Nothing listens at ${at}, the address of Postgres in DATABASE_URL. Start Postgres there, or correct the host and port.`
  if (unknownHost.has(code)) return `The host ${host} in DATABASE_URL is unknown. Correct it, or the name service.`
  if (unreachable.has(code) || /timeout/i.test(message))
    return `Postgres at ${at} does not answer. Check that it runs and that no firewall blocks it, or correct DATABASE_URL.`
  if (code === '28P01' || code === '28000')
    return `Postgres at ${at} refuses the user ${user} (${message}). Correct the user and password in DATABASE_URL, or the server's pg_hba.conf.`
  if (message.includes('client password must be'))
    return `Postgres at ${at} requires a password for the user ${user}, and DATABASE_URL has none. Add it: postgresql://USER:PASSWORD@HOST/DATABASE.`
  if (code === '3D000')
    return `Postgres at ${at} has no database named ${database}. Create it (createdb ${database}), or correct DATABASE_URL.`
  return `Postgres at ${at}, which DATABASE_URL names, cannot be used: ${message}. Fix this, or correct DATABASE_URL.`
}

/** Asks for the version on a connection of its own, which is closed: after some refusals pg leaves it open. */
async function versionOf(client: pg.Client): Promise<string> {
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`)
    return rows[0]?.version ?? ''
  } finally {
    void client.end().catch(() => undefined)
  }
}

/** Connects for the first time. @throws DatabaseServerError if the server cannot be reached, refuses, or is too old */
export async function requireServer(options: pg.ClientConfig): Promise<void> {
  let place: Place = { at: 'the address', host: '', user: '', database: '' }
  let version: string
  try {
    const client = new pg.Client(options)
    place = placeOf(client)
    version = await versionOf(client)
  } catch (error) {
    throw new DatabaseServerError(explain(error, place), { cause: error })
  }
  if (Number.parseInt(version, 10) >= oldest) return
  throw new DatabaseServerError(
    `Postgres at ${place.at} is version ${version}; Croft needs ${oldest} or later. Upgrade it, or unset DATABASE_URL to use the database that comes with Croft.`,
  )
}
