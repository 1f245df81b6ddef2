import type { BundleStatus, PartStatus } from '../../db/schema.ts'

/** The transitions of a bundle. Source: docs/managed-work.md. */
export const bundleLifecycle = {
  configured: { from: ['pending_setup'], to: 'configured', when: 'The account is configured.' },
  published: { from: ['configured'], to: 'published', when: 'The team puts the bundle into the managers’ queue.' },
  unpublished: { from: ['published'], to: 'configured', when: 'The team takes it back before a manager has taken it.' },
  accepted: { from: ['published'], to: 'accepted', when: 'A manager takes the first work of the bundle.' },
  finalized: {
    from: ['accepted'],
    to: 'finalized',
    when: 'The account is finalized; for a bundle without an account, the last video.',
  },
  completed: { from: ['finalized'], to: 'completed', when: 'The last part is finalized.' },
  canceled: {
    from: ['pending_setup', 'configured', 'published'],
    to: 'canceled',
    when: 'The team cancels the bundle before a manager has taken it; the credits are refunded.',
  },
} as const satisfies Record<string, { from: readonly BundleStatus[]; to: BundleStatus; when: string }>

export type BundleEvent = keyof typeof bundleLifecycle

/** The transitions of a bundle's account and of each of its video slots. */
export const partLifecycle = {
  configured: {
    from: ['pending', 'configured'],
    to: 'configured',
    when: 'The team sets the values; it may do so again at any time.',
  },
  published: { from: ['configured'], to: 'published', when: 'The bundle is published.' },
  unpublished: { from: ['published'], to: 'configured', when: 'The bundle is unpublished.' },
  accepted: { from: ['published'], to: 'accepted', when: 'A manager takes it.' },
  handed_in: { from: ['accepted', 'pending_corrections'], to: 'in_review', when: 'The manager submits the work.' },
  amended: { from: ['in_review'], to: 'in_review', when: 'The manager submits again before the review.' },
  sent_back: { from: ['in_review'], to: 'pending_corrections', when: 'The team asks for corrections.' },
  finalized: { from: ['in_review'], to: 'finalized', when: 'The team accepts it, or the review window ends.' },
  canceled: { from: ['pending', 'configured', 'published'], to: 'canceled', when: 'The bundle is canceled.' },
} as const satisfies Record<string, { from: readonly PartStatus[]; to: PartStatus; when: string }>

export type PartEvent = keyof typeof partLifecycle

/** The status that the event leads to, or null if it is not allowed. */
export function nextBundleStatus(status: BundleStatus, event: BundleEvent): BundleStatus | null {
  const { from, to }: { from: readonly BundleStatus[]; to: BundleStatus } = bundleLifecycle[event]
  return from.includes(status) ? to : null
}

/** Like {@link nextBundleStatus}, for an account or a video slot. */
export function nextPartStatus(status: PartStatus, event: PartEvent): PartStatus | null {
  const { from, to }: { from: readonly PartStatus[]; to: PartStatus } = partLifecycle[event]
  return from.includes(status) ? to : null
}
