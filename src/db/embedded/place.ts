import type { Binaries } from './binaries.ts'
import type { DatabaseUser } from './user.ts'

/** Receives what an operator should know, with details for a structured log. */
export type Log = (message: string, details?: object) => void

/** Everything that is fixed about one embedded database; every path is real and absolute. */
export interface ClusterPlace {
  dataDir: string
  /** `<dataDir>/postgres`, the cluster */
  cluster: string
  user: DatabaseUser
  binaries: Binaries
  log: Log
  /** called when one of Postgres's programs has begun, and this process has nothing to do but wait for it */
  waiting: () => void
}
