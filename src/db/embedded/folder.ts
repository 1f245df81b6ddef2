import { chmod, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isRoot } from './user.ts'

/**
 * Creates a folder and its parents. Those created here are passable for the database user if root creates them (0711),
 * and private otherwise (0700), whatever the umask; existing folders are left as they are.
 */
export async function makeFolder(path: string): Promise<void> {
  const mode = isRoot() ? 0o711 : 0o700
  const first = await mkdir(path, { recursive: true, mode })
  if (first === undefined) return
  for (let at = path; ; at = dirname(at)) {
    await chmod(at, mode)
    if (at === first || at === dirname(at)) return
  }
}
