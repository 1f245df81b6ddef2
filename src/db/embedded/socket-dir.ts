import { createHash } from 'node:crypto'
import { lchown, lstat, mkdir, realpath, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedDatabaseError, unless } from './errors.ts'
import { blockedAt } from './reach.ts'
import { isRoot, type DatabaseUser } from './user.ts'

/** The port gives the socket its name, `.s.PGSQL.5432`; nothing listens on TCP. */
export const socketPort = 5432

/** Linux takes 107 bytes, macOS 103. */
const maxSocketPath = 103

/**
 * A process that stopped a server removes its folder, perhaps while it is prepared for the next one: try again once for
 * each that leaves.
 */
const maxRemovals = 20

/** The system's temporary folder if `user` can reach it, else `/tmp`: sessions of root often have a private one. */
export async function temporaryFolder(user: DatabaseUser): Promise<string> {
  const own = await realpath(tmpdir()).catch(unless('ENOENT', 'EACCES'))
  return own !== undefined && !(await blockedAt(own, user)) ? own : realpath('/tmp')
}

/** Creates the folder if it is missing. @throws EmbeddedDatabaseError if something of another user's is in its place */
async function makePrivate(path: string, user: DatabaseUser): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch(unless('EEXIST'))
  const found = await lstat(path)
  const ours = found.uid === user.uid || (isRoot() && found.uid === 0)
  if (!found.isDirectory() || !ours || (found.mode & 0o077) !== 0) {
    throw new EmbeddedDatabaseError(
      `The database's socket needs the folder ${path}, but that is not a folder that belongs to the user ${user.name} alone ` +
        `(uid ${found.uid}, mode ${(found.mode & 0o7777).toString(8)}). Remove it and start again.`,
    )
  }
  if (isRoot()) await lchown(path, user.uid, user.gid)
}

/**
 * The folder of the socket for the cluster at `cluster` (a real path): private to `user`, created if missing.
 * @throws EmbeddedDatabaseError if something of another user's is in its place
 */
export async function prepareSocketDir(cluster: string, user: DatabaseUser): Promise<string> {
  const name = `croft-pg-${createHash('sha256').update(cluster).digest('hex').slice(0, 12)}`
  const folder = await temporaryFolder(user)
  const fits = Buffer.byteLength(join(folder, name, `.s.PGSQL.${socketPort}`)) <= maxSocketPath
  const path = join(fits ? folder : await realpath('/tmp'), name)
  for (let left = maxRemovals; ; left -= 1) {
    try {
      await makePrivate(path, user)
      return path
    } catch (error) {
      if (left === 0) throw error
      unless('ENOENT')(error)
    }
  }
}

/** Removes the folder after a stop, unless a server that started in the meantime has its socket there. */
export async function removeSocketDir(path: string): Promise<void> {
  await rmdir(path).catch(unless('ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES', 'ENOTDIR'))
}
