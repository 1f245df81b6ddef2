import { OutcomeUnknown, type Recall, type Step } from '../../../src/drivers/contract.ts'
import type { Json } from '../../../src/lib/json.ts'

/** The steps of one run of a task, kept in memory, as the contract says: a stored result is answered, a lost `once` is unknown. */
export function stepsInMemory(): { step: Step; recall: Recall; ran: string[] } {
  const stored = new Map<string, Json>()
  const begun = new Set<string>()
  const ran: string[] = []
  const step: Step = async <T extends Json>(name: string, work: () => Promise<T>, options?: { once?: boolean }) => {
    const kept = stored.get(name)
    if (kept !== undefined) return kept as T
    if (options?.once && begun.has(name)) throw new OutcomeUnknown(name)
    begun.add(name)
    ran.push(name)
    const result = await work().catch((error: unknown) => {
      throw options?.once ? new OutcomeUnknown(name, { cause: error }) : error
    })
    stored.set(name, JSON.parse(JSON.stringify(result)) as Json)
    return result
  }
  const recall: Recall = <T extends Json>(name: string) => Promise.resolve((stored.get(name) as T | undefined) ?? null)
  return { step, recall, ran }
}
