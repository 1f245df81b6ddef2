import { startCroft } from './croft-process.ts'
import type { Site } from './targets.ts'

/** Milliseconds from the start of the process to the first 200 of /readyz: on nothing, and on what was there before. */
export async function measureStart(site: Site): Promise<{ cold: number; warm: number }> {
  const first = await startCroft(site.settings)
  await first.stop()
  const second = await startCroft(site.settings)
  await second.stop()
  return { cold: first.readyMs, warm: second.readyMs }
}
