import { open, rename, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { unless } from './errors.ts'

const maxLogBytes = 1024 * 1024
const tailBytes = 2000

export interface LogFile {
  path: string
  handle: FileHandle
  /** the file's length when it was opened, in bytes */
  from: number
}

/**
 * Opens `<dataDir>/postgres.log` for appending. A file above 1 MiB first becomes `postgres.log.1`, replacing the
 * previous one.
 */
export async function openLog(dataDir: string): Promise<LogFile> {
  const path = join(dataDir, 'postgres.log')
  const found = await stat(path).catch(unless('ENOENT'))
  if (found && found.size > maxLogBytes) await rename(path, `${path}.1`).catch(unless('ENOENT'))
  const handle = await open(path, 'a', 0o600)
  return { path, handle, from: (await handle.stat()).size }
}

/** The last 2,000 bytes written since `from`. */
export async function tailOf({ path, from }: Pick<LogFile, 'path' | 'from'>): Promise<string> {
  const file = await open(path, 'r').catch(unless('ENOENT'))
  if (!file) return ''
  const { size } = await file.stat()
  const start = Math.max(from, size - tailBytes)
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(tailBytes), position: start })
  await file.close()
  return buffer.toString('utf8', 0, bytesRead).trim()
}
