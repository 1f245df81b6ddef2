import type { ProfileStatus } from '../../db/schema.ts'

/** What can happen to a profile. Source: Algorhythm's “Update a farm profile” and the lifecycle it draws. */
export const lifecycle = {
  set_up: { from: ['configuring'], to: 'cold', when: 'The account is signed in.' },
  granted: { from: ['configuring'], to: 'ready', when: 'The account is signed in, under a policy of 0 runs.' },
  set_up_failed: { from: ['configuring'], to: 'retrying', when: 'Set-up hit a snag and is tried again.' },
  set_up_resumed: { from: ['retrying'], to: 'configuring', when: 'The next try of the set-up begins.' },
  given_up: { from: ['configuring', 'retrying'], to: 'failed', when: 'Set-up failed too often, or for good.' },
  run_started: { from: ['cold', 'warm'], to: 'warming', when: 'A warm-up run begins.' },
  run_ended: { from: ['warming'], to: 'warm', when: 'A warm-up run ended, or failed and counts for nothing.' },
  warmed_up: { from: ['warm'], to: 'ready', when: 'Enough runs over enough time.' },
  maintenance_started: { from: ['ready'], to: 'warming', when: 'A maintenance run begins.' },
  maintenance_ended: { from: ['warming'], to: 'ready', when: 'A maintenance run ended, or failed.' },
  deactivated: {
    from: ['configuring', 'retrying', 'cold', 'warming', 'warm', 'ready', 'failed'],
    to: 'deactivated',
    when: 'The team deactivates the profile.',
  },
} as const satisfies Record<string, { from: readonly ProfileStatus[]; to: ProfileStatus; when: string }>

export type LifecycleEvent = keyof typeof lifecycle

/** The status that the event leads to, or null where it is not allowed. */
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
