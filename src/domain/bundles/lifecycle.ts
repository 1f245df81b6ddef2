import type { BundleStatus, PartStatus } from '../../db/schema.ts'

/** What can happen to a bundle, and nothing else. Source: docs/managed-work.md. */
export const bundleLifecycle = {
  configured: { from: ['pending_setup'], to: 'configured', when: 'Its account is configured.' },
  published: { from: ['configured'], to: 'published', when: 'The team puts it into the managers’ queue.' },
  unpublished: { from: ['published'], to: 'configured', when: 'The team takes it back before a manager has taken it.' },
  accepted: { from: ['published'], to: 'accepted', when: 'A manager takes its first piece of work.' },
  finalized: { from: ['accepted'], to: 'finalized', when: 'Its account is finalized; without one, its last video.' },
  completed: { from: ['finalized'], to: 'completed', when: 'Its last part is finalized.' },
  canceled: {
    from: ['pending_setup', 'configured', 'published'],
    to: 'canceled',
    when: 'The team calls it off before a manager has taken it; its credits come back.',
  },
} as const satisfies Record<string, { from: readonly BundleStatus[]; to: BundleStatus; when: string }>

export type BundleEvent = keyof typeof bundleLifecycle

/** What can happen to a bundle's account and to each of its video slots. */
export const partLifecycle = {
  configured: {
    from: ['pending', 'configured'],
    to: 'configured',
    when: 'The team gives its values, again as often as it likes.',
  },
  published: { from: ['configured'], to: 'published', when: 'The bundle is published.' },
  unpublished: { from: ['published'], to: 'configured', when: 'The bundle is taken back.' },
  accepted: { from: ['published'], to: 'accepted', when: 'A manager takes it.' },
  handed_in: { from: ['accepted', 'pending_corrections'], to: 'in_review', when: 'The manager says what was done.' },
  amended: { from: ['in_review'], to: 'in_review', when: 'The manager hands it in again before it is reviewed.' },
  sent_back: { from: ['in_review'], to: 'pending_corrections', when: 'The team asks for corrections.' },
  finalized: { from: ['in_review'], to: 'finalized', when: 'The team is content, or the time for its review has run out.' },
  canceled: { from: ['pending', 'configured', 'published'], to: 'canceled', when: 'The bundle is called off.' },
} as const satisfies Record<string, { from: readonly PartStatus[]; to: PartStatus; when: string }>

export type PartEvent = keyof typeof partLifecycle

/** The status that the event leads to, or null where it is not allowed. */
export function nextBundleStatus(status: BundleStatus, event: BundleEvent): BundleStatus | null {
  const { from, to }: { from: readonly BundleStatus[]; to: BundleStatus } = bundleLifecycle[event]
  return from.includes(status) ? to : null
}

/** As {@link nextBundleStatus}, of an account or a video slot. */
export function nextPartStatus(status: PartStatus, event: PartEvent): PartStatus | null {
  const { from, to }: { from: readonly PartStatus[]; to: PartStatus } = partLifecycle[event]
  return from.includes(status) ? to : null
}
