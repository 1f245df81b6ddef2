import { chmod, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from './socket-dir.ts'
import { databaseUser, isRoot } from './user.ts'

/**
 * Creates a new, empty folder for temporary data that the database user can reach: for root 0711, else 0700.
 * @param prefix start of the folder's name, e.g. `croft-demo-`
 * @returns its real path; the caller removes it
 */
export async function reachableTemporaryDir(prefix: string): Promise<string> {
  const path = await mkdtemp(join(await temporaryFolder(await databaseUser()), prefix))
  await chmod(path, isRoot() ? 0o711 : 0o700)
  return path
}
