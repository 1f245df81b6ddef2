import { readSettings } from '../../../src/config/read.ts'
import { createCroft } from '../../../src/app/croft.ts'
import type { Connection } from '../../../src/db/connect.ts'

// A whole Croft in a process of its own, so that its memory is its own. Tells its address, and stops when its parent lets go.
const [connection, dataDir] = process.argv.slice(2)
if (import.meta.main && connection !== undefined && dataDir !== undefined) {
  const settings = readSettings({
    PORT: '0',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    CROFT_DATA_DIR: dataDir,
    CROFT_ALLOW_PRIVATE_NETWORK: 'true',
    CROFT_RATE_LIMIT_PER_MINUTE: '0',
  })
  const croft = await createCroft(settings, { connection: JSON.parse(connection) as Connection })
  process.once('disconnect', () => void croft.stop(1_000).then(() => process.exit()))
  process.send?.(await croft.start())
}
