import { gather as gatherItems, type GatherOptions } from '../lib/gather.ts'
import { isUndone } from './conflict.ts'

/** {@link gatherItems} for transactions. */
export const gather = <I, O>(
  run: (items: I[]) => Promise<(O | Error)[]>,
  options: Omit<GatherOptions, 'isUndone'>,
): ((item: I) => Promise<O>) => gatherItems(run, { ...options, isUndone })
