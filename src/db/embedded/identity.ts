import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { unless } from './errors.ts'
import { run } from './run.ts'

/** What runs under a process id: the postmaster of our cluster, something else, or nothing. */
export type Identity = 'ours' | 'other' | 'gone'

async function sameFolder(a: string, b: string): Promise<boolean> {
  const [one, two] = await Promise.all([a, b].map((path) => stat(path).catch(unless('ENOENT', 'ENOTDIR', 'EACCES'))))
  return one !== undefined && two !== undefined && one.dev === two.dev && one.ino === two.ino
}

// Not /proc/PID/exe or cwd: root in a container without CAP_SYS_PTRACE may not read those of another user's process.
async function onLinux(pid: number, cluster: string, owner: number): Promise<Identity> {
  const read = (name: string): Promise<string | undefined> =>
    readFile(`/proc/${pid}/${name}`, 'utf8').catch(unless('ENOENT', 'ESRCH'))
  const [commandLine, status] = await Promise.all([read('cmdline'), read('status')])
  if (commandLine === undefined || status === undefined) return 'gone'
  const words = commandLine.split('\0')
  const folder = words[words.indexOf('-D') + 1] ?? ''
  const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1])
  return basename(words[0] ?? '') === 'postgres' && uid === owner && (await sameFolder(folder, cluster)) ? 'ours' : 'other'
}

async function elsewhere(pid: number, cluster: string, owner: number): Promise<Identity> {
  const { code, output } = await run('ps', ['-ww', '-o', 'uid=,command=', '-p', String(pid)])
  if (code !== 0) return 'gone'
  const [, uid, command = ''] = /^\s*(-?\d+)\s+(.*)/.exec(output) ?? []
  return Number(uid) >>> 0 === owner && `${command} `.includes(`/postgres -D ${cluster} `) ? 'ours' : 'other'
}

/**
 * Whether process `pid` is a postmaster of the cluster: a program named `postgres`, running as the cluster's owner,
 * with exactly the cluster's folder as its `-D`. Its start time is not compared: a clock set after boot would falsify
 * it. Its back ends change their titles, so none of them matches.
 */
export async function identify(pid: number, cluster: string): Promise<Identity> {
  const owner = (await stat(cluster).catch(unless('ENOENT')))?.uid
  if (owner === undefined) return 'gone'
  return process.platform === 'linux' ? onLinux(pid, cluster, owner) : elsewhere(pid, cluster, owner)
}
