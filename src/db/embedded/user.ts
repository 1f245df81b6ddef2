import { stat } from 'node:fs/promises'
import { EmbeddedDatabaseError, unless } from './errors.ts'
import { run } from './run.ts'

/** The system user that Postgres runs as and that owns its files. */
export interface DatabaseUser {
  name: string
  uid: number
  gid: number
  /** for `spawn`: empty if this process already runs as the user */
  as: { uid?: number; gid?: number }
}

/** Whether this process runs as root, which Postgres refuses to run as. */
export const isRoot = (): boolean => process.getuid?.() === 0

async function numberOf(flag: '-u' | '-g', name: string): Promise<number> {
  const { code, output } = await run('id', [flag, name])
  const id = Number(output.trim())
  if (code === 0 && Number.isInteger(id)) return id
  throw new EmbeddedDatabaseError(
    `Postgres refuses to run as root, and this system has no user "${name}" to run it as. ` +
      'Start Croft as an ordinary user, or set DATABASE_URL to a Postgres 15 or later.',
  )
}

function other(name: string, uid: number, gid: number): DatabaseUser {
  // macOS gives nobody the number 4294967294, which spawn only accepts as -2.
  return { name, uid, gid, as: { uid: uid | 0, gid: gid | 0 } }
}

/** The user that root's databases run as. @throws EmbeddedDatabaseError if the system has none */
export async function nobody(): Promise<DatabaseUser> {
  const [uid, gid] = await Promise.all([numberOf('-u', 'nobody'), numberOf('-g', 'nobody')])
  return other('nobody', uid, gid)
}

/**
 * The user for the cluster at `cluster`: this process's own; for root the owner of the cluster, so that root can use
 * the database of an ordinary user, or `nobody` for a new cluster.
 */
export async function databaseUser(cluster?: string): Promise<DatabaseUser> {
  if (!isRoot()) {
    const [uid, gid] = [process.getuid?.() ?? -1, process.getgid?.() ?? -1]
    return { name: `uid ${uid}`, uid, gid, as: {} }
  }
  const found = cluster === undefined ? undefined : await stat(cluster).catch(unless('ENOENT'))
  return found && found.uid !== 0 ? other(`uid ${found.uid}`, found.uid, found.gid) : nobody()
}
