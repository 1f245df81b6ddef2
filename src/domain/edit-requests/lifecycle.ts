import type { EditRequestStatus } from '../../db/schema.ts'

/** What can happen to an edit request, and nothing else. Source: TokPortal's Account Edit Request page. */
export const editRequestLifecycle = {
  started: { from: ['pending'], to: 'in_progress', when: 'Its manager begins.' },
  handed_in: { from: ['in_progress'], to: 'in_review', when: 'The manager says that it is done.' },
  amended: { from: ['in_review'], to: 'in_review', when: 'The manager hands it in again before it is reviewed.' },
  changes_requested: { from: ['in_review'], to: 'in_progress', when: 'The team sends it back with feedback.' },
  finalized: { from: ['in_review'], to: 'finalized', when: 'The team approves, or the time for its review has run out.' },
  given_back: { from: ['in_progress'], to: 'pending', when: 'The manager could not do it; the team may cancel.' },
  canceled: {
    from: ['pending'],
    to: 'canceled',
    when: 'The team calls it off before the manager has begun; the credits come back.',
  },
  account_closed: {
    from: ['pending', 'in_progress', 'in_review'],
    to: 'canceled',
    when: 'Its account is deactivated; the credits come back.',
  },
} as const satisfies Record<string, { from: readonly EditRequestStatus[]; to: EditRequestStatus; when: string }>

export type EditRequestEvent = keyof typeof editRequestLifecycle

/** The status that the event leads to, or null where it is not allowed. */
export function nextEditRequestStatus(status: EditRequestStatus, event: EditRequestEvent): EditRequestStatus | null {
  const { from, to }: { from: readonly EditRequestStatus[]; to: EditRequestStatus } = editRequestLifecycle[event]
  return from.includes(status) ? to : null
}

/** Statuses in which a request keeps its account from another. */
export const openStatuses = ['pending', 'in_progress', 'in_review'] as const satisfies readonly EditRequestStatus[]
