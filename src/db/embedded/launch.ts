import { spawn } from 'node:child_process'
import { EmbeddedDatabaseError } from './errors.ts'
import { openLog, tailOf } from './log-file.ts'
import type { ClusterPlace } from './place.ts'
import { childEnvironment } from './run.ts'
import { socketPort, prepareSocketDir } from './socket-dir.ts'

export interface Launch {
  pid: number
  /** whether the server has ended again */
  ended: () => boolean
  /** what the server wrote to its log since the launch, at most 2,000 bytes */
  said: () => Promise<string>
}

/**
 * Starts a server in a session of its own, so that Ctrl-C in a terminal ends only Croft, which stops the server when
 * its own work is done.
 * @throws EmbeddedDatabaseError if the program cannot be started, or the socket's folder belongs to another user
 */
export async function launch({ binaries, cluster, dataDir, user, waiting }: ClusterPlace): Promise<Launch> {
  const socketDir = await prepareSocketDir(cluster, user)
  const file = await openLog(dataDir)
  const relied = [
    'listen_addresses=',
    `unix_socket_directories="${socketDir}"`,
    `port=${socketPort}`,
    'fsync=on',
    'logging_collector=off',
  ]
  const child = spawn(binaries.postgres, ['-D', cluster, ...relied.flatMap((setting) => ['-c', setting])], {
    ...user.as,
    cwd: '/',
    env: childEnvironment,
    detached: true,
    stdio: ['ignore', file.handle.fd, file.handle.fd],
  })
  try {
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  } catch (error) {
    throw new EmbeddedDatabaseError(`The database server cannot be started as the user ${user.name}: ${String(error)}`, {
      cause: error,
    })
  } finally {
    await file.handle.close()
  }
  child.unref()
  waiting()
  return { pid: child.pid ?? -1, ended: () => child.exitCode !== null || child.signalCode !== null, said: () => tailOf(file) }
}
