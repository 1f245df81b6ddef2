// A Croft process as the tests see it: it uses the database until it is told to stop, and says so in lines of JSON.
import { createInterface } from 'node:readline'
import { startEmbedded } from '../../../src/db/embedded/index.ts'

const say = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`)
const [dataDir = '', explicit = 'true'] = process.argv.slice(2)
const silent = (): void => undefined
try {
  const database = await startEmbedded({ dataDir, explicit: explicit === 'true', log: silent })
  say({ connection: database.connection, started: database.started })
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== 'stop') continue
    await database.stop()
    break
  }
  process.stdin.destroy()
} catch (error) {
  say({ error: String(error) })
  process.exitCode = 1
}
