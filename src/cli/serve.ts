import { environmentSettings } from '../config/env.ts'
import { createCroft } from '../croft.ts'

/** `croft serve`: runs until SIGTERM or SIGINT; a second signal ends it at once. */
export async function serve(): Promise<void> {
  const croft = await createCroft(environmentSettings())
  const stop = (signal: string) => {
    process.once(signal, () => process.exit(1))
    croft.ctx.log.info({ signal }, 'stopping: what runs is given time, and then handed back')
    croft.stop().catch((error: unknown) => {
      croft.ctx.log.error({ err: error }, 'the stop failed')
      process.exitCode = 1
    })
  }
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop(signal))
  await croft.start().catch(async (error: unknown) => {
    await croft.stop(0)
    throw error
  })
}
