import { addManager, deactivateManager } from '../../people/managers.ts'
import { commandScope, withContext } from './with-croft.ts'

/** `croft managers add`: prints the person's key alone on the last line. */
export const addManagerCommand = (options: { team: string; name: string }): Promise<void> =>
  withContext(async (ctx) => {
    const { key } = await addManager(await commandScope(ctx, options.team), options.name)
    console.error(
      `${options.name.trim()} carries work out for the team ${options.team}. The key gives access to /v1/work and nothing else. It is printed only once; earlier keys stay valid.`,
    )
    console.log(key)
  })

/** `croft managers deactivate`. */
export const deactivateManagerCommand = (options: { name: string }): Promise<void> =>
  withContext(async (ctx) => {
    await deactivateManager(ctx, options.name)
    console.log(`${options.name.trim()} is deactivated: the keys are revoked, and the work they held is back in the queue.`)
  })
