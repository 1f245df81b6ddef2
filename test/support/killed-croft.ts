import { readSettings } from '../../src/config/read.ts'
import type { FaultPoint } from '../../src/kernel/context.ts'
import { createCroft } from '../../src/app/croft.ts'
import type { Connection } from '../../src/db/connect.ts'

/** What a worker process of a test is told on its command line, as JSON. */
export interface WorkerOrder {
  connection: Connection
  dataDir: string
  leaseMs: number
  choresEveryMs: number
  driverTimeoutMs: number
}

/** Where the process kills itself: the n-th time from now on that it gets there. */
export interface Trap {
  point: FaultPoint
  occurrence: number
}

let trap: Trap | null = null

/** Kills this process at the trap, in the middle of whatever it does. */
async function reach(point: FaultPoint): Promise<void> {
  if (point !== trap?.point) return
  trap.occurrence -= 1
  if (trap.occurrence > 0) return
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => undefined)
}

async function work(order: WorkerOrder): Promise<void> {
  const settings = readSettings({
    PORT: '0',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    CROFT_DATA_DIR: order.dataDir,
    CROFT_ALLOW_PRIVATE_NETWORK: 'true',
  })
  const { connection, leaseMs, choresEveryMs, driverTimeoutMs } = order
  const substitutes = { connection, leaseMs, choresEveryMs, driverTimeoutMs, reach }
  const croft = await createCroft({ ...settings, CROFT_ROLE: 'worker' }, substitutes)
  process.once('SIGTERM', () => {
    croft.stop(5_000).then(
      () => process.disconnect(),
      () => process.exit(1),
    )
  })
  process.on('message', (message: { begin: true } | { trap: Trap }) => {
    if ('begin' in message) return void croft.start().then(() => process.send?.('begun'))
    ;({ trap } = message)
    process.send?.('armed')
  })
  process.send?.('loaded')
}

const [order] = process.argv.slice(2)
if (import.meta.main && order !== undefined) await work(JSON.parse(order) as WorkerOrder)
