import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bundleLifecycle, nextBundleStatus, nextPartStatus, partLifecycle } from '../../../src/domain/bundles/lifecycle.ts'
import { editRequestLifecycle, nextEditRequestStatus } from '../../../src/domain/edit-requests/lifecycle.ts'

/** Spec section 6, written a second time: every allowed way from one status to another. */
const bundle = [
  'pending_setup configured configured',
  'configured published published',
  'published unpublished configured',
  'published accepted accepted',
  'accepted finalized finalized',
  'finalized completed completed',
  'pending_setup canceled canceled',
  'configured canceled canceled',
  'published canceled canceled',
]
const part = [
  'pending configured configured',
  'configured configured configured',
  'configured published published',
  'published unpublished configured',
  'published accepted accepted',
  'accepted handed_in in_review',
  'pending_corrections handed_in in_review',
  'in_review amended in_review',
  'in_review sent_back pending_corrections',
  'in_review finalized finalized',
  'pending canceled canceled',
  'configured canceled canceled',
  'published canceled canceled',
]
const request = [
  'pending started in_progress',
  'in_progress handed_in in_review',
  'in_review amended in_review',
  'in_review changes_requested in_progress',
  'in_review finalized finalized',
  'in_progress given_back pending',
  'pending canceled canceled',
  'pending account_closed canceled',
  'in_progress account_closed canceled',
  'in_review account_closed canceled',
]

/** Every status with every event: those that lead somewhere, as in the lists above. */
const ways = <S extends string, E extends string>(
  statuses: readonly S[],
  events: readonly E[],
  next: (status: S, event: E) => S | null,
): string[] =>
  statuses.flatMap((status) =>
    events.flatMap((event) => {
      const to = next(status, event)
      return to === null ? [] : [`${status} ${event} ${to}`]
    }),
  )

const keys = <T extends object>(table: T) => Object.keys(table) as (keyof T & string)[]

test('a bundle moves along its table and no other way', () => {
  const statuses = ['pending_setup', 'configured', 'published', 'accepted', 'finalized', 'completed', 'canceled'] as const
  assert.deepEqual(ways(statuses, keys(bundleLifecycle), nextBundleStatus).sort(), bundle.toSorted())
})

test('an account and a video slot move along their table and no other way', () => {
  const statuses = [
    'pending',
    'configured',
    'published',
    'accepted',
    'in_review',
    'pending_corrections',
    'finalized',
    'canceled',
  ] as const
  assert.deepEqual(ways(statuses, keys(partLifecycle), nextPartStatus).sort(), part.toSorted())
})

test('an edit request moves along its table and no other way', () => {
  const statuses = ['pending', 'in_progress', 'in_review', 'finalized', 'canceled'] as const
  assert.deepEqual(ways(statuses, keys(editRequestLifecycle), nextEditRequestStatus).sort(), request.toSorted())
})
