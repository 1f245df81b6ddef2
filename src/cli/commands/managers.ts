import { addManager, deactivateManager } from '../../people/managers.ts'
import { commandScope, withContext } from './with-croft.ts'

/** `croft managers add`: the person's key alone on the last line. */
export const addManagerCommand = (options: { team: string; name: string }): Promise<void> =>
  withContext(async (ctx) => {
    const { key } = await addManager(await commandScope(ctx, options.team), options.name)
    console.error(
      `${options.name.trim()} carries work out for the team ${options.team}. The key opens /v1/work and nothing else; it is shown this once, and earlier ones stay valid.`,
    )
    console.log(key)
  })

/** `croft managers deactivate`. */
export const deactivateManagerCommand = (options: { name: string }): Promise<void> =>
  withContext(async (ctx) => {
    await deactivateManager(ctx, options.name, 'command line')
    console.log(`${options.name.trim()} is deactivated: the keys are void, and what was held has gone back.`)
  })
