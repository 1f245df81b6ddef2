import { randomUUID } from 'node:crypto'
import { chmod, cp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { EmbeddedDatabaseError, unless } from './errors.ts'
import { makeFolder } from './folder.ts'
import { blockedAt } from './reach.ts'
import type { Log } from './place.ts'
import type { DatabaseUser } from './user.ts'

/** Readable and executable for everyone, and on the disk before the rename makes it the copy that is trusted from then on. */
async function settle(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await settle(path)
    if (!entry.isFile()) continue
    const file = await open(path, 'r')
    await file.chmod(basename(folder) === 'bin' ? 0o755 : 0o644)
    await file.sync()
    await file.close()
  }
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(unless('ENOENT', 'EACCES'))) !== undefined

/** Removes what copiers left that died; one that is still running then fails and finds the finished copy. */
async function sweep(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true })
  }
}

/**
 * Copies the package's programs to `<parent>/postgres-<VERSION>` unless they are there; several processes may do so at
 * once. `complete` adds what an install script would have added.
 * @returns the folder of the copy, with the layout of the package
 */
export async function privateCopy(
  folder: string,
  parent: string,
  { user, complete, log }: { user: DatabaseUser; complete: (folder: string) => Promise<void>; log: Log },
): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
  const target = join(parent, `postgres-${version}`)
  const temporary = `${target}.${randomUUID()}`
  try {
    await makeFolder(parent)
    const blocked = await blockedAt(parent, user)
    if (blocked) throw new EmbeddedDatabaseError(`${blocked} keeps the user ${user.name} out; run: chmod o+x ${blocked}`)
    if (await exists(target)) {
      await sweep(parent, `${basename(target)}.`)
      return target
    }
    log(`Copying the database's programs to ${target}, once, since the user ${user.name} cannot reach ${folder}`)
    const native = join(folder, 'native')
    const filter = (path: string): boolean => !path.endsWith('.a')
    await cp(native, join(temporary, 'native'), { recursive: true, verbatimSymlinks: true, filter })
    await complete(temporary)
    await settle(temporary)
    await rename(temporary, target).catch(unless('ENOTEMPTY', 'EEXIST'))
    return target
  } catch (error) {
    if (await exists(target)) return target
    throw new EmbeddedDatabaseError(
      `The database programs in ${folder} cannot be used by the user ${user.name} and cannot be copied to ${target} ` +
        `(${String(error)}). Make one of the two possible, or set DATABASE_URL to a Postgres 15 or later.`,
      { cause: error },
    )
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
