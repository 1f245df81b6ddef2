import type { SandboxCall } from '../../db/sandbox-tables.ts'
import type { DriverProfile } from '../contract.ts'
import type { TakeFault } from './faults.ts'
import { NoAnswer, noLimit, Refusal, type Limit, type Publish, type SandboxPlatform, type Upload } from './platform/index.ts'
import { TimeLimit } from './time-limit.ts'

/** How long a `forget` hides a post from pages and searches. */
export const forgetForMs = 300_000

/** Access to the platform. `timeoutMs`: how long a call may take. The calls of many posts at the same time share their statements. */
export interface SandboxClient {
  platform: SandboxPlatform
  takeFault: TakeFault
  upload: Upload
  publish: Publish
  timeoutMs: number
}

/** What a call is made with. */
export interface CallContext {
  limit: Limit
  visibleFrom: Date
}

const no = (message: string, retryable: boolean) =>
  new Refusal({ code: 'refused_by_platform', message, retryable, who: 'platform' })

/**
 * Makes one call to the platform, with the fault that is switched on for it, if any.
 * @throws Refusal if the platform refused; nothing was changed
 * @throws NoAnswer if the outcome is unknown, like every other error, for example of the database
 */
export async function call<T>(
  client: SandboxClient,
  profile: DriverProfile,
  name: SandboxCall,
  work: (context: CallContext) => Promise<T>,
): Promise<T> {
  const fault = await client.takeFault({ teamId: profile.teamId, profileId: profile.id, call: name })
  const now = client.platform.clock.now()
  if (fault === 'refuse') throw no('The sandbox refused this for now, as configured. Try again.', true)
  if (fault === 'refuse_for_good') throw no('The sandbox refused this permanently, as configured.', false)
  // The time limit must not affect what these two commit.
  if (fault === 'commit_then_hang' || fault === 'lose_answer') await work({ limit: noLimit, visibleFrom: now })
  if (fault === 'lose_answer') throw new NoAnswer('the connection to the sandbox broke before its answer')

  const silent = fault === 'hang' || fault === 'commit_then_hang'
  const visibleFrom = fault === 'forget' ? new Date(now.getTime() + forgetForMs) : now
  return within(client, (limit) => (silent ? limit.over : work({ limit, visibleFrom })))
}

/** Waits for an answer until the client's time limit. @throws NoAnswer */
export async function within<T>({ timeoutMs }: SandboxClient, work: (limit: TimeLimit) => Promise<T>): Promise<T> {
  const limit = new TimeLimit(timeoutMs)
  try {
    return await Promise.race([limit.over, work(limit)])
  } finally {
    limit.clear()
  }
}
