import { join as path, resolve } from 'node:path'
import { prepareBinaries } from './binaries.ts'
import { ensureCluster } from './cluster.ts'
import { prepareDataDir } from './data-dir.ts'
import { EmbeddedDatabaseError } from './errors.ts'
import { join } from './join.ts'
import { Keeper } from './keeper.ts'
import type { Log, ClusterPlace } from './place.ts'
import type { Connection } from './presence.ts'
import { databaseUser, isRoot } from './user.ts'

export { EmbeddedDatabaseError }
export { reachableTemporaryDir } from './temporary-dir.ts'

/** Where root stores the copy of the programs that the database user can run; also its default data directory. */
const rootFolder = '/var/lib/croft'

export interface EmbeddedDatabase {
  /** for pg: the folder of the Unix socket as `host`; there is no TCP and no password */
  connection: Connection
  /** true if this process started the server, false if it found it running */
  started: boolean
  /**
   * Leaves the database; close your pools first. If no other Croft process uses the server, it is stopped (fast).
   * @throws EmbeddedDatabaseError if it is still stopping after 60 s
   */
  stop: () => Promise<void>
}

export interface EmbeddedOptions {
  /** the cluster is in `<dataDir>/postgres`; created if missing */
  dataDir: string
  /** whether the user chose dataDir, so that Croft must not change its modes */
  explicit: boolean
  log: Log
  /** called when one of Postgres's programs has begun and is waited for: a moment for other work; perhaps more than once */
  waiting?: () => void
}

async function begin({ dataDir, explicit, log, waiting = () => undefined }: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const real = await prepareDataDir(resolve(dataDir), explicit, (folder) => databaseUser(path(folder, 'postgres')))
  const cluster = path(real, 'postgres')
  const user = await databaseUser(cluster)
  const binaries = await prepareBinaries(user, isRoot() ? rootFolder : real, log)
  const place: ClusterPlace = { dataDir: real, cluster, user, binaries, log, waiting }
  await ensureCluster(place)
  const joined = await join(place)
  const keeper = new Keeper(place, joined)
  return { connection: joined.presence.connection, started: joined.started, stop: () => keeper.stop() }
}

/**
 * Connects to the Postgres that runs on `dataDir`, or creates and starts it; safe to call from several processes at
 * once.
 * @throws EmbeddedDatabaseError with a message that says what to do
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  try {
    return await begin(options)
  } catch (error) {
    if (error instanceof EmbeddedDatabaseError) throw error
    throw new EmbeddedDatabaseError(
      `The embedded database cannot be started: ${String(error)}. Check that uid ${process.getuid?.() ?? -1} can write to ` +
        `CROFT_DATA_DIR=${options.dataDir} and that its disk has free space.`,
      { cause: error },
    )
  }
}
