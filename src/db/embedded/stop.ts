import { setTimeout as wait } from 'node:timers/promises'
import { EmbeddedDatabaseError, unless } from './errors.ts'
import { identify } from './identity.ts'
import type { ClusterPlace } from './place.ts'
import { findPostmaster } from './postmaster.ts'
import type { Presence } from './presence.ts'
import { removeSocketDir } from './socket-dir.ts'

const pollMs = 10
const giveUpMs = 60_000

async function shutDown(cluster: string): Promise<void> {
  const found = await findPostmaster(cluster)
  if (found.state !== 'running') return
  try {
    process.kill(found.pid, 'SIGINT')
  } catch (error) {
    unless('ESRCH')(error)
  }
  const begun = performance.now()
  while ((await identify(found.pid, cluster)) === 'ours') {
    if (performance.now() - begun > giveUpMs) {
      throw new EmbeddedDatabaseError(
        `The database server (process ${found.pid}) is still stopping after ${giveUpMs / 1000} s; it will stop without Croft.`,
      )
    }
    await wait(pollMs)
  }
}

/**
 * Leaves the database, and stops its server by a fast shutdown if no other Croft process is present on it.
 * @throws EmbeddedDatabaseError if the server is still stopping after 60 s
 */
export async function leave(place: ClusterPlace, presence: Presence): Promise<void> {
  const last = await presence.leave().catch((error: unknown) => {
    place.log('the embedded database was gone before it was stopped', { error: String(error) })
    return false
  })
  if (last) {
    await shutDown(place.cluster)
    await removeSocketDir(presence.connection.host)
  }
  await presence.close().catch(unless('57P01', 'ECONNRESET', 'EPIPE'))
}
