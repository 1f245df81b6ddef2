import { spawn } from 'node:child_process'

const maxOutput = 64 * 1024

/** A child gets none of our environment: PGDATA, PGPORT, TZ and the locale would change what Postgres does. */
export const childEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' }

export interface Outcome {
  /** null if a signal ended it */
  code: number | null
  /** standard output and standard error together, the first 64 KiB */
  output: string
}

/**
 * Runs a program to its end, in `/`, as `as` (this process's user by default).
 * @throws the system's error if it cannot be started (ENOENT, EACCES, EPERM)
 */
export function run(command: string, args: string[], as: { uid?: number; gid?: number } = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...as, cwd: '/', env: childEnvironment, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (part: string): void => {
      if (output.length < maxOutput) output += part
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, output })
    })
  })
}
