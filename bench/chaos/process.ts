import { environmentSettings } from '../../src/config/env.ts'
import { createCroft } from '../../src/app/croft.ts'

/** One Croft process of the chaos run, as `croft serve`; CHAOS_LEASE shortens the times after which others take over. */
const leaseMs = Number(process.env['CHAOS_LEASE'] ?? 20_000)
const croft = await createCroft(environmentSettings(), {
  leaseMs,
  choresEveryMs: Math.min(leaseMs / 4, 5_000),
  driverTimeoutMs: Math.min(leaseMs / 4, 5_000),
})
await croft.start()
process.once('SIGTERM', () => void croft.stop(2_000))
