import type { EditRequestStatus } from '../../db/schema.ts'

/** The transitions of an edit request. Source: TokPortal's Account Edit Request page. */
export const editRequestLifecycle = {
  started: { from: ['pending'], to: 'in_progress', when: 'The manager starts.' },
  handed_in: { from: ['in_progress'], to: 'in_review', when: 'The manager submits the work.' },
  amended: { from: ['in_review'], to: 'in_review', when: 'The manager submits again before the review.' },
  changes_requested: { from: ['in_review'], to: 'in_progress', when: 'The team asks for changes, with feedback.' },
  finalized: { from: ['in_review'], to: 'finalized', when: 'The team approves, or the review window ends.' },
  given_back: { from: ['in_progress'], to: 'pending', when: 'The manager could not do it; the team may cancel.' },
  canceled: {
    from: ['pending'],
    to: 'canceled',
    when: 'The team cancels before the manager has started; the credits are refunded.',
  },
  account_closed: {
    from: ['pending', 'in_progress', 'in_review'],
    to: 'canceled',
    when: 'The account is deactivated; the credits are refunded.',
  },
} as const satisfies Record<string, { from: readonly EditRequestStatus[]; to: EditRequestStatus; when: string }>

export type EditRequestEvent = keyof typeof editRequestLifecycle

/** The status that the event leads to, or null if it is not allowed. */
export function nextEditRequestStatus(status: EditRequestStatus, event: EditRequestEvent): EditRequestStatus | null {
  const { from, to }: { from: readonly EditRequestStatus[]; to: EditRequestStatus } = editRequestLifecycle[event]
  return from.includes(status) ? to : null
}

/** Statuses in which a request blocks another one for its account. */
export const openStatuses = ['pending', 'in_progress', 'in_review'] as const satisfies readonly EditRequestStatus[]
