import { checkUrl } from './check.ts'
import type { Guard, GuardOptions } from './types.ts'

/** The guard that every user-supplied URL goes through. It holds connections: close it. */
export function createGuard(options: GuardOptions): Guard {
  const check = (url: string) => checkUrl(url, options.allowPrivateNetwork)
  // A process that fetches nothing does not load the client.
  let opening: ReturnType<typeof load> | null = null
  const load = async () => {
    const { openClient } = await import('./client.ts')
    return openClient(options, check)
  }
  return {
    check,
    fetch: async (url, request) => (await (opening ??= load())).fetch(url, request),
    close: async () => (await opening)?.close(),
  }
}
