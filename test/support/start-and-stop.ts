import { readSettings } from '../../src/config/read.ts'
import { createCroft } from '../../src/app/croft.ts'
import type { Connection } from '../../src/db/connect.ts'

// Starts a whole Croft, stops it, and says what is still open; then nothing keeps this process alive.
const [connection, dataDir] = process.argv.slice(2)
if (import.meta.main && connection !== undefined && dataDir !== undefined) {
  const settings = readSettings({ PORT: '0', LOG_LEVEL: 'silent', CROFT_DATA_DIR: dataDir })
  const croft = await createCroft(settings, { connection: JSON.parse(connection) as Connection })
  const address = await croft.start()
  await fetch(`${address}/healthz`, { headers: { connection: 'close' } }).then((response) => response.text())
  await croft.stop()
  process.stdout.write(JSON.stringify(process.getActiveResourcesInfo()))
}
