import { readdir, readFile } from 'node:fs/promises'

const statusOf = async (pid: string) => readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')

/** The process ids of these and of all that descend from them. */
async function family(roots: readonly number[]): Promise<number[]> {
  const children = new Map<number, number[]>()
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const parent = Number(/^PPid:\s+(\d+)/m.exec(await statusOf(pid))?.[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(pid)])
  }
  const found = [...roots]
  for (let next = 0; next < found.length; next += 1) found.push(...(children.get(found[next] ?? 0) ?? []))
  return [...new Set(found)]
}

/**
 * Proportional set size of these processes and their descendants: what is shared is counted once.
 * @returns MB; NaN where the system has no /proc
 */
export async function memoryMb(roots: readonly number[]): Promise<number> {
  let kb = 0
  for (const pid of await family(roots).catch(() => [])) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
    kb += Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0)
  }
  return kb === 0 ? Number.NaN : kb / 1_024
}
