import { InvalidArgumentError } from 'commander'
import { grant } from '../../domain/credits/grant.ts'
import { commandScope, withContext } from './with-croft.ts'

const most = 1_000_000_000

/** Reads the amount of a grant. @throws InvalidArgumentError */
export function creditAmount(text: string): number {
  const amount = Number(text)
  if (!/^\d{1,10}$/.test(text) || amount < 1 || amount > most)
    throw new InvalidArgumentError(`must be a whole number from 1 to ${most}`)
  return amount
}

/** `croft credits grant`. */
export const grantCreditsCommand = (options: { team: string; amount: number }): Promise<void> =>
  withContext(async (ctx) => {
    const entry = await grant(await commandScope(ctx, options.team), options.amount)
    console.log(`The team ${options.team} was given ${entry.amount} credits; its balance is ${entry.balance_after}.`)
  })
