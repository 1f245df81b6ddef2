import { createCroft } from '../../src/app/croft.ts'
import { environmentSettings } from '../../src/config/env.ts'
import { instantDriver } from './instant-driver.ts'

/** `croft serve` with a driver that answers at once, and tells its parent process when it was asked. */

const sendEveryMs = 50
let batch: { ids: string[]; at: number[] } = { ids: [], at: [] }

function send(): void {
  if (batch.ids.length === 0) return
  process.send?.(batch)
  batch = { ids: [], at: [] }
}

const croft = await createCroft(environmentSettings(), {
  drivers: [
    instantDriver((id) => {
      batch.ids.push(id)
      batch.at.push(performance.timeOrigin + performance.now())
    }),
  ],
})
const timer = setInterval(send, sendEveryMs)
await croft.start()
process.once('SIGTERM', () => {
  clearInterval(timer)
  void croft.stop(1_000).then(() => process.disconnect())
})
