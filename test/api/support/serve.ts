import { readSettings } from '../../../src/config/read.ts'
import { createCroft } from '../../../src/app/croft.ts'
import type { Connection } from '../../../src/db/connect.ts'

/** A server in a process of its own, on the database in TEST_CONNECTION, with the settings in TEST_SETTINGS. Sends its address. */
const read = (name: string): unknown => JSON.parse(process.env[name] ?? '{}')
const croft = await createCroft(readSettings(read('TEST_SETTINGS') as Record<string, string>), {
  connection: read('TEST_CONNECTION') as Connection,
})
process.once('message', () => void croft.stop(0).then(() => process.disconnect()))
process.send?.(await croft.start())
