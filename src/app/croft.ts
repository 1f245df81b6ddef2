import type { FastifyInstance } from 'fastify'
import type { Settings } from '../config/settings.ts'
import type { Context, FaultPoint } from '../kernel/context.ts'
import type { Connection } from '../db/connect.ts'
import type { Driver } from '../drivers/contract.ts'
import type { Clock } from '../lib/clock.ts'
import type { RequestTimes } from '../api/plugins/body-time.ts'
import { version } from '../config/version.ts'
import { lazy } from '../lib/lazy.ts'
import { openFoundation } from './foundation.ts'
import type { Worker } from './worker.ts'

/** What tests and commands replace. */
export interface Substitutes {
  /** For people at a terminal: receives, in plain lines, what a start does. The log then goes to standard error. */
  say?: (line: string) => void
  /** A database that is already running. */
  connection?: Connection
  clock?: Clock
  /** Replaces the database's clock. */
  databaseClock?: Clock
  reach?: (point: FaultPoint) => Promise<void>
  /** How long a worker holds a task without a sign of life, and how often it looks for lost tasks. */
  leaseMs?: number
  choresEveryMs?: number
  driverTimeoutMs?: number
  /** In addition to those that Croft brings. */
  drivers?: readonly Driver[]
  requestTimes?: RequestTimes
}

export interface Croft {
  app: FastifyInstance
  ctx: Context
  /**
   * Listens (a worker only for its health routes), and starts to carry work out if the role is all or worker. @returns
   * the address
   */
  start(): Promise<string>
  /** Takes no new work. Running work gets `graceMs` and is then released. */
  stop(graceMs?: number): Promise<void>
}

/**
 * Answers the requests that have arrived. A connection that is still open after `graceMs`, such as a slow download, is
 * closed.
 */
async function closeServer(app: FastifyInstance, graceMs: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), graceMs)
  try {
    await app.close()
  } finally {
    clearTimeout(cut)
  }
}

/** The code of all parts. It loads while Postgres starts: on a new database both take about a second. Loading it blocks this process. */
const loadParts = () => Promise.all([import('./compose.ts'), import('../api/server.ts'), import('./worker.ts')])

/**
 * Connects the parts: opens the database and updates its schema, but does not listen yet.
 * @throws SettingsError, EmbeddedDatabaseError, DatabaseServerError or SchemaTooNewError, each with a message that says
 *   what to do
 */
export async function createCroft(settings: Settings, substitutes: Substitutes = {}): Promise<Croft> {
  const parts = lazy(loadParts)
  // A failure to load is reported below.
  const foundation = await openFoundation(settings, substitutes, () => void parts().catch(() => undefined))
  const [{ openContext }, { buildServer }, { startWorker }] = await parts().catch(async (error: unknown) => {
    await foundation.opened.disposeAsync()
    throw error
  })
  const opened = await openContext(settings, substitutes, foundation)
  const { ctx } = opened
  const times = substitutes.requestTimes
  const app = await buildServer(ctx, {
    version,
    healthOnly: settings.CROFT_ROLE === 'worker',
    sandbox: { pages: settings.CROFT_SANDBOX_PAGES === 'on', publicDrafts: settings.CROFT_SANDBOX_DRAFTS === 'public' },
    ...(times ? { times } : {}),
  })
  let worker: Worker | null = null
  let stopping: Promise<void> | null = null
  const shutDown = async (graceMs: number) => {
    await closeServer(app, graceMs)
    await worker?.stop(graceMs)
    await opened.close()
  }
  return {
    app,
    ctx,
    async start() {
      if (settings.CROFT_ROLE !== 'worker') opened.keepKeys()
      const address = await app.listen({
        host: settings.HOST,
        port: settings.PORT,
        listenTextResolver: (at) => `Croft listens on ${at}. The reference is at ${at}/docs`,
      })
      opened.setAddress(address)
      if (settings.CROFT_ROLE !== 'api')
        worker = await startWorker(ctx, { role: settings.CROFT_ROLE, choresEveryMs: substitutes.choresEveryMs ?? 5_000 })
      return address
    },
    stop: (graceMs = 25_000) => (stopping ??= shutDown(graceMs)),
  }
}
