import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { asStorageError } from './full.ts'

const prefix = 'croft-'

/** A new name in `dir` (created if missing) that `cleanTemporary` recognizes. Nothing is written. */
export async function temporaryPath(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true }).catch(asStorageError)
  return join(dir, `${prefix}${randomBytes(12).toString('hex')}`)
}

/** Gives `work` a path for a temporary file, and removes the file afterwards, whatever happens. */
export async function withTemporary<T>(dir: string, work: (path: string) => Promise<T>): Promise<T> {
  const path = await temporaryPath(dir)
  try {
    return await work(path)
  } finally {
    await rm(path, { force: true })
  }
}

/**
 * Removes the temporary files in `dir` that a killed process left: recognized by name, unchanged for `olderThanMs`
 * (default a day).
 * @returns how many
 */
export async function cleanTemporary(dir: string, olderThanMs = 86_400_000): Promise<number> {
  await mkdir(dir, { recursive: true })
  let removed = 0
  for (const name of await readdir(dir)) {
    if (!name.startsWith(prefix)) continue
    const path = join(dir, name)
    const found = await stat(path).catch(gone)
    if (!found || Date.now() - found.mtimeMs < olderThanMs) continue
    await rm(path, { force: true })
    removed++
  }
  return removed
}

/** Null for a file that its owner removed in between; any other error is rethrown. */
function gone(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
