import type { Outcome } from '../contract.ts'
import { Refusal } from './platform/index.ts'

/** Returns a Refusal as `failed`. Thrown through a step, it leaves nothing stored that a later try would find. */
export async function refusedAsOutcome<Done>(work: () => Promise<Outcome<Done>>): Promise<Outcome<Done>> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal) return { failed: error.refused }
    throw error
  }
}
