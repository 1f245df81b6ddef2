import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The key that encrypts secrets at rest, 32 bytes. It is created at the first start and stored in the data directory,
 * mode 0600.
 * @throws Error if the file holds something else
 */
export async function keptSecretKey(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, 'secret.key')
  await mkdir(dataDir, { recursive: true })
  try {
    await writeFile(path, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  await chmod(path, 0o600)
  const text = (await readFile(path, 'utf8')).trim()
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new Error(
      `${path} does not hold 64 hex digits. Restore it from a backup: without it the stored secrets cannot be read.`,
    )
  return Buffer.from(text, 'hex')
}
