import type { Stats } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

interface Who {
  uid: number
  gid: number
}

const readBit = 4
const searchBit = 1

function allows(file: Stats, { uid, gid }: Who, bit: number): boolean {
  if (uid === 0) return true
  const shift = file.uid === uid ? 6 : file.gid === gid ? 3 : 0
  return ((file.mode >> shift) & bit) === bit
}

/**
 * The first folder on the path to `path` (itself included) that `who` may not pass through; undefined if there is none.
 * Decided by mode bits, since they name the folder; access lists are not read.
 */
export async function blockedAt(path: string, who: Who): Promise<string | undefined> {
  const parents: string[] = []
  for (let at = await realpath(path); ; at = dirname(at)) {
    parents.unshift(at)
    if (at === dirname(at)) break
  }
  for (const folder of parents) if (!allows(await stat(folder), who, searchBit)) return folder
  return undefined
}

/** Whether `who` may read the file, and execute it if `run` is set, ignoring the folders above it. */
export async function mayUse(path: string, who: Who, run = false): Promise<boolean> {
  return allows(await stat(path), who, run ? readBit | searchBit : readBit)
}
