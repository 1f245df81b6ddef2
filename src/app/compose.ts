import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { keptSecretKey } from '../config/secret-key.ts'
import type { Settings } from '../config/settings.ts'
import { storeSetting } from './store-setting.ts'
import type { Context } from '../kernel/context.ts'
import { Registry } from '../kernel/ports.ts'
import { KeyCache } from '../kernel/key-cache.ts'
import { Wakeups } from '../kernel/wakeups.ts'
import { workHandlers } from '../people/contract.ts'
import { handlers } from './work-handlers.ts'
import { requireSameKey, secretBox } from '../kernel/secret-box.ts'
import type { Substitutes } from './croft.ts'
import type { Foundation } from './foundation.ts'
import { databaseClock } from '../db/clock.ts'
import { connect, types } from '../db/connect.ts'
import { poolOptions } from '../db/pool-options.ts'
import { startListening } from '../db/listen.ts'
import { openLookUp } from '../db/look-up.ts'
import { readerOf } from '../db/statement.ts'
import { createOperatorDriver } from '../drivers/operator/index.ts'
import { createSandboxDriver } from '../drivers/sandbox/index.ts'
import { systemClock } from '../lib/clock.ts'
import { cleanTemporary, createIsolation, defaultLimits, openStore } from '../media/index.ts'
import { createGuard } from '../net/index.ts'

export interface OpenedContext {
  ctx: Context
  /** Begins to keep the identities of keys. */
  keepKeys(): void
  /** Where the server listens, for addresses that no setting gives. */
  setAddress(address: string): void
  close(): Promise<void>
}

const pools = { main: 20, counters: 4 } as const

/**
 * Opens everything that verbs work with on its foundation, in the order in which the parts depend on each other; `close`
 * closes it in reverse, and the foundation with it.
 */
export async function openContext(settings: Settings, substitutes: Substitutes, foundation: Foundation): Promise<OpenedContext> {
  try {
    return await openParts(settings, substitutes, foundation)
  } catch (error) {
    await foundation.opened.disposeAsync()
    throw error
  }
}

async function openParts(settings: Settings, substitutes: Substitutes, foundation: Foundation): Promise<OpenedContext> {
  const { log, dataDir, connection, opened } = foundation
  const onError = (error: Error) => log.warn({ err: error }, 'a database connection broke; the pool opens a new one')
  const main = connect(connection, { name: 'croft', max: pools.main, onError })
  const counters = connect(connection, {
    name: 'croft counters',
    max: pools.counters,
    onError,
    options: '-c synchronous_commit=off',
  })
  for (const database of [main, counters]) opened.defer(() => database.close())
  const lookUp = openLookUp({ ...poolOptions(connection, 'croft look-up', 1), types })
  opened.defer(() => lookUp.close())
  const secrets = secretBox(settings.CROFT_SECRET_KEY ?? (await keptSecretKey(dataDir)))
  await requireSameKey(main.db, secrets)
  const temporaryDir = resolve(join(dataDir, 'tmp'))
  await mkdir(temporaryDir, { recursive: true })
  await cleanTemporary(temporaryDir)
  const store = await openStore(storeSetting(settings, dataDir, temporaryDir))
  opened.defer(() => store.close())
  const isolation = createIsolation()
  opened.defer(() => isolation.close())
  const guard = createGuard({
    allowPrivateNetwork: settings.CROFT_ALLOW_PRIVATE_NETWORK,
    log: (event) => log.info(event, 'the guard refused an address'),
  })
  opened.defer(() => guard.close())
  if (settings.CROFT_ALLOW_PRIVATE_NETWORK)
    log.warn(
      'CROFT_ALLOW_PRIVATE_NETWORK lets Croft send requests to loopback and private addresses; use it only for development and tests',
    )
  const clock = substitutes.clock ?? systemClock
  let address = `http://${settings.HOST}:${settings.PORT}`
  const publicUrl = () => settings.CROFT_PUBLIC_URL ?? address
  const sandbox = createSandboxDriver({ db: main.db, clock, callTimeoutMs: substitutes.driverTimeoutMs ?? 10_000, publicUrl })
  const registry = new Registry()
  registry.register(workHandlers, handlers)
  const dbClock = databaseClock(substitutes.databaseClock)
  const keys = new KeyCache(dbClock)
  const ctx: Context = {
    registry,
    db: main.db,
    read: readerOf(main.pool),
    lookUp: lookUp.read,
    counters: counters.db,
    clock,
    databaseClock: dbClock,
    keys,
    wakeups: new Wakeups(),
    drivers: new Map([sandbox, createOperatorDriver(), ...(substitutes.drivers ?? [])].map((driver) => [driver.name, driver])),
    store,
    guard,
    secrets,
    log,
    logLinesDropped: foundation.logLinesDropped,
    limits: defaultLimits,
    isolation,
    temporaryDir,
    publicUrl,
    defaultDriver: settings.CROFT_DEFAULT_DRIVER,
    warmupDefaults: {
      runs: settings.CROFT_WARMUP_RUNS,
      spanMs: settings.CROFT_WARMUP_SPAN,
      sessionMs: settings.CROFT_WARMUP_SESSION,
      intervalMs: settings.CROFT_WARMUP_INTERVAL,
      maintenanceMs: settings.CROFT_WARMUP_MAINTENANCE,
    },
    rateLimitPerMinute: settings.CROFT_RATE_LIMIT_PER_MINUTE,
    reviewWindowMs: settings.CROFT_REVIEW_WINDOW,
    claimTtlMs: settings.CROFT_CLAIM_TTL,
    retention: {
      mediaMs: settings.CROFT_RETENTION_MEDIA || null,
      deliveriesMs: settings.CROFT_RETENTION_DELIVERIES || null,
      eventsMs: settings.CROFT_RETENTION_EVENTS || null,
      timelineMs: settings.CROFT_RETENTION_TIMELINE || null,
      auditMs: settings.CROFT_RETENTION_AUDIT || null,
    },
    lease: { ms: substitutes.leaseMs ?? 20_000 },
    taskConcurrency: settings.CROFT_CONCURRENCY,
    reach: substitutes.reach ?? (() => Promise.resolve()),
  }
  return {
    ctx,
    keepKeys() {
      const options = poolOptions(connection, 'croft listener', 1)
      const lost = (error: Error) =>
        log.warn(
          { err: error },
          'the connection that listens for changed keys is lost; until there is a new one, keys are read again for each request',
        )
      opened.defer(startListening(options, keys, lost))
    },
    setAddress: (given) => {
      address = given
    },
    close: () => opened.disposeAsync(),
  }
}
