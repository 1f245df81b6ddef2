import { chmod, realpath } from 'node:fs/promises'
import { EmbeddedDatabaseError } from './errors.ts'
import { makeFolder } from './folder.ts'
import { blockedAt } from './reach.ts'
import type { DatabaseUser } from './user.ts'

/**
 * Creates the data directory if it is missing, and checks that the database user can pass through it.
 * @returns its real path
 * @throws EmbeddedDatabaseError naming the folder that keeps the database user out
 */
export async function prepareDataDir(
  dataDir: string,
  explicit: boolean,
  userOf: (real: string) => Promise<DatabaseUser>,
): Promise<string> {
  const real = await makeFolder(dataDir)
    .then(() => realpath(dataDir))
    .catch((error: unknown) => {
      throw new EmbeddedDatabaseError(
        `The data directory ${dataDir} cannot be created (${String(error)}). Set CROFT_DATA_DIR to a folder that you can write to.`,
        {
          cause: error,
        },
      )
    })
  const user = await userOf(real)
  // The default folder is Croft's own, so Croft may open it up; a folder that a user chose keeps its mode.
  if (!explicit && (await blockedAt(real, user)) === real) await chmod(real, 0o711)
  const blocked = await blockedAt(real, user)
  if (!blocked) return real
  throw new EmbeddedDatabaseError(
    `The database runs as the user ${user.name}, since Postgres refuses to run as root, and ${blocked} keeps that user out of ` +
      `CROFT_DATA_DIR=${dataDir}. Let it pass (chmod o+x ${blocked}), set CROFT_DATA_DIR to a folder it can reach ` +
      '(unset, it is /var/lib/croft), or start Croft as an ordinary user.',
  )
}
