import type { ProfileStatus } from '../../db/schema.ts'

/** The transitions of a profile. Source: Algorhythm's “Update a farm profile” and its diagram of the lifecycle. */
export const lifecycle = {
  set_up: { from: ['configuring'], to: 'cold', when: 'The account is signed in.' },
  granted: { from: ['configuring'], to: 'ready', when: 'The account is signed in, with a policy of 0 runs.' },
  set_up_failed: { from: ['configuring'], to: 'retrying', when: 'Setup failed and is retried.' },
  set_up_resumed: { from: ['retrying'], to: 'configuring', when: 'The next try of the setup begins.' },
  given_up: { from: ['configuring', 'retrying'], to: 'failed', when: 'Setup failed too often, or permanently.' },
  run_started: { from: ['cold', 'warm'], to: 'warming', when: 'A warm-up run begins.' },
  run_ended: { from: ['warming'], to: 'warm', when: 'A warm-up run ended, or failed and does not count.' },
  warmed_up: { from: ['warm'], to: 'ready', when: 'Enough runs over enough time are done.' },
  maintenance_started: { from: ['ready'], to: 'warming', when: 'A maintenance run begins.' },
  maintenance_ended: { from: ['warming'], to: 'ready', when: 'A maintenance run ended, or failed.' },
  deactivated: {
    from: ['configuring', 'retrying', 'cold', 'warming', 'warm', 'ready', 'failed'],
    to: 'deactivated',
    when: 'The team deactivates the profile.',
  },
} as const satisfies Record<string, { from: readonly ProfileStatus[]; to: ProfileStatus; when: string }>

export type LifecycleEvent = keyof typeof lifecycle

/** The status that the event leads to, or null if it is not allowed. */
export function nextStatus(status: ProfileStatus, event: LifecycleEvent): ProfileStatus | null {
  const { from, to }: { from: readonly ProfileStatus[]; to: ProfileStatus } = lifecycle[event]
  return from.includes(status) ? to : null
}

/** Statuses in which no more work is done. */
export const closedStatuses: readonly ProfileStatus[] = ['failed', 'deactivated']
export const isClosed = (status: ProfileStatus): boolean => closedStatuses.includes(status)

/** Statuses before the account is signed in. */
export const isBeingSetUp = (status: ProfileStatus): boolean => status === 'configuring' || status === 'retrying'

/** Statuses in which the account is signed in, and no run is under way. */
export const isLive = (status: ProfileStatus): boolean => status === 'cold' || status === 'warm' || status === 'ready'
