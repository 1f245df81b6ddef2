import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The process and all that it started: their ids, and resident bytes as `ps` has them. */
async function tree(pid: number): Promise<{ pid: number; bytes: number }[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,rss='])
  const rows = stdout.split('\n').map((line) => line.trim().split(/ +/).map(Number))
  const wanted = new Set([pid])
  for (let before = 0; before < wanted.size;) {
    before = wanted.size
    for (const [own = 0, parent = 0] of rows) if (wanted.has(parent)) wanted.add(own)
  }
  return rows.flatMap(([own = 0, , kib = 0]) => (wanted.has(own) ? [{ pid: own, bytes: kib * 1024 }] : []))
}

/** Linux tells each process's share of the pages that it has in common with others. */
async function share(pid: number): Promise<number | null> {
  const told = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  const kib = /^Pss: +(\d+)/m.exec(told)?.[1]
  return kib === undefined ? null : Number(kib) * 1024
}

/** Resident bytes of a process, and with all that it started; pages in common are counted once where the system tells. */
export async function residentBytes(pid: number): Promise<{ own: number; all: number }> {
  const each = await Promise.all(
    (await tree(pid)).map(async (one) => ({ pid: one.pid, bytes: (await share(one.pid)) ?? one.bytes })),
  )
  return { own: each.find((one) => one.pid === pid)?.bytes ?? 0, all: each.reduce((sum, one) => sum + one.bytes, 0) }
}

/** The flags that `npm start` gives Node. */
export async function startFlags(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').filter((word) => word.startsWith('--'))
}
