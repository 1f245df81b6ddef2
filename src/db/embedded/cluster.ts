import { randomUUID } from 'node:crypto'
import { chown, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { EmbeddedDatabaseError, unless } from './errors.ts'
import type { ClusterPlace } from './place.ts'
import { run } from './run.ts'

const majorVersion = '18'

/** Written to postgresql.conf, where an operator may change them; what Croft relies on is passed at every start. */
const serverSettings = [
  'max_connections=200',
  'shared_buffers=128MB',
  // Processes that would only wait: nothing is replicated, and one is enough to read ahead.
  'max_logical_replication_workers=0',
  'io_workers=1',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_min_messages=log',
  'log_checkpoints=off',
]

async function versionOf(cluster: string): Promise<string | undefined> {
  try {
    const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(unless('ENOENT'))
    if (version !== undefined) return version.trim()
    const inside = await readdir(cluster).catch(unless('ENOENT'))
    if (!inside?.length) return undefined
  } catch (error) {
    const owner = await stat(cluster)
    throw new EmbeddedDatabaseError(
      `The database in ${cluster} cannot be read (${String(error)}); it belongs to uid ${owner.uid} and this is uid ${process.getuid?.() ?? -1}. ` +
        'Start Croft as the user that created it, or change its owner with chown -R.',
      { cause: error },
    )
  }
  throw new EmbeddedDatabaseError(
    `${cluster} holds files but no Postgres database. Move it away, or set CROFT_DATA_DIR to another folder.`,
  )
}

async function initialise({ binaries, user, cluster, waiting }: ClusterPlace, temporary: string): Promise<void> {
  await mkdir(temporary, { mode: 0o700 })
  if (user.as.uid !== undefined) await chown(temporary, user.uid, user.gid)
  const wishes = serverSettings.flatMap((setting) => ['-c', setting])
  const wanted = ['-U', 'croft', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-instructions', ...wishes]
  const running = run(binaries.initdb, ['-D', temporary, ...wanted], user.as)
  waiting()
  const { code, output } = await running.catch((error: unknown) => {
    throw new EmbeddedDatabaseError(
      `${binaries.initdb} cannot be run (${String(error)}). If this system is not one of glibc (Alpine), set DATABASE_URL to a Postgres 15 or later.`,
      { cause: error },
    )
  })
  if (code !== 0) throw new EmbeddedDatabaseError(`The database in ${cluster} cannot be created; initdb says:\n${output.trim()}`)
}

/** Removes what starters left that died halfway; one that is still running loses nothing, since the cluster exists already. */
async function sweep({ dataDir, log }: ClusterPlace, prefix: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith(prefix)) continue
    await rm(join(dataDir, name), { recursive: true, force: true }).catch((error: unknown) => {
      log('a partly created database could not be removed', { name, error: String(error) })
    })
  }
}

/**
 * Creates the cluster if there is none: first under another name, so that a crash never leaves half a cluster. If
 * several processes do it at once, the first to rename wins.
 * @throws EmbeddedDatabaseError for a cluster of another major version or another user, or if initdb fails
 */
export async function ensureCluster(place: ClusterPlace): Promise<void> {
  const { cluster, dataDir } = place
  const prefix = `${basename(cluster)}.new-`
  const version = await versionOf(cluster)
  if (version !== undefined) {
    if (version === majorVersion) return sweep(place, prefix)
    throw new EmbeddedDatabaseError(
      `The database in ${cluster} was made by Postgres ${version}; this Croft brings Postgres ${majorVersion}, which cannot read it. Dump it with a ` +
        `Postgres ${version} (pg_dump), move ${cluster} away, start Croft and load the dump; or set DATABASE_URL to a Postgres ${version} that serves it.`,
    )
  }
  const temporary = join(dataDir, prefix + randomUUID())
  place.log(`Creating a new database in ${cluster}`)
  try {
    await initialise(place, temporary)
    await rename(temporary, cluster)
    const folder = await open(dataDir, 'r')
    await folder.sync()
    await folder.close()
  } catch (error) {
    if ((await versionOf(cluster)) === majorVersion) return
    throw error
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
