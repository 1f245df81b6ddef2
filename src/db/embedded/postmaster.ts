import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { unless } from './errors.ts'
import { identify } from './identity.ts'

/** What postmaster.pid, checked against the running processes, says about a cluster. */
export type Found =
  | { state: 'none' }
  | { state: 'running'; pid: number; status: string; socketDir: string; port: number }
  /** a file without a server; `blocking` if Postgres would refuse to start because of it */
  | { state: 'stale'; text: string; blocking: boolean }

const fileOf = (cluster: string): string => join(cluster, 'postmaster.pid')

/** Reads postmaster.pid and checks whether its process is this cluster's postmaster. */
export async function findPostmaster(cluster: string): Promise<Found> {
  const text = await readFile(fileOf(cluster), 'utf8').catch(unless('ENOENT'))
  if (text === undefined) return { state: 'none' }
  const [first, , , port, socketDir = '', , , status = ''] = text.split('\n')
  const pid = Number(first)
  if (!Number.isInteger(pid) || pid <= 0) return { state: 'stale', text, blocking: true }
  const identity = await identify(pid, cluster)
  if (identity === 'ours') return { state: 'running', pid, status: status.trim(), socketDir, port: Number(port) }
  return { state: 'stale', text, blocking: identity === 'other' }
}

/**
 * Removes a stale postmaster.pid. Between the check and the removal a server may have written its own, so what was
 * removed is checked again, and put back if necessary. Shared memory still in use keeps Postgres from starting even
 * without the file.
 */
export async function removeStale(cluster: string, text: string): Promise<void> {
  const taken = `${fileOf(cluster)}.stale-${randomUUID()}`
  await rename(fileOf(cluster), taken).catch(unless('ENOENT'))
  const found = await readFile(taken, 'utf8').catch(unless('ENOENT'))
  if (found !== undefined && found !== text) await link(taken, fileOf(cluster)).catch(unless('EEXIST'))
  await rm(taken, { force: true })
}
