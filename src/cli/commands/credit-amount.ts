import { InvalidArgumentError } from 'commander'

const most = 1_000_000_000

/** Reads the amount of a grant. @throws InvalidArgumentError */
export function creditAmount(text: string): number {
  const amount = Number(text)
  if (!/^\d{1,10}$/.test(text) || amount < 1 || amount > most)
    throw new InvalidArgumentError(`must be a whole number from 1 to ${most}`)
  return amount
}
