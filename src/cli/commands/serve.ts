import { environmentSettings } from '../../config/env.ts'
import { createCroft, type Croft } from '../../app/croft.ts'
import { standardOutput } from '../../lib/log-output.ts'

const lastLinesMs = 1_000
/** By then the start is over, and what only it needed is garbage. */
const startedMs = 3_000

/**
 * Gives the memory that only the start needed back to the system, about 20 MB: Node keeps it until the heap grows far beyond it.
 * `gc` is there with the flag --expose-gc, which the scripts and the program give.
 */
function releaseStart(): void {
  const release = () => void globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' })
  setTimeout(release, startedMs).unref()
}

async function stopped(croft: Croft): Promise<void> {
  await croft.stop().catch((error: unknown) => {
    croft.ctx.log.error({ err: error }, 'the stop failed')
    process.exitCode = 1
  })
  // Lines that nothing reads would keep the process alive.
  if (!(await standardOutput(1).drained(lastLinesMs))) process.exit()
}

/** `croft serve`: runs until SIGTERM or SIGINT; a second signal ends it at once. */
export async function serve(): Promise<void> {
  const croft = await createCroft(environmentSettings())
  // Node writes its warnings to standard error, and waits until they are read.
  process.removeAllListeners('warning').on('warning', (warning) => croft.ctx.log.warn({ err: warning }, 'Node warns'))
  const stop = (signal: string) => {
    process.once(signal, () => process.exit(1))
    croft.ctx.log.info({ signal }, 'stopping: running work gets time to finish, and is then released')
    void stopped(croft)
  }
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop(signal))
  await croft.start().catch(async (error: unknown) => {
    await croft.stop(0)
    throw error
  })
  releaseStart()
}
