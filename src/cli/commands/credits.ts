import { grant } from '../../domain/credits/grant.ts'
import { commandScope, withContext } from './with-croft.ts'

/** `croft credits grant`. */
export const grantCreditsCommand = (options: { team: string; amount: number }): Promise<void> =>
  withContext(async (ctx) => {
    const entry = await grant(await commandScope(ctx, options.team), options.amount)
    console.log(`The team ${options.team} was given ${entry.amount} credits; its balance is ${entry.balance_after}.`)
  })
