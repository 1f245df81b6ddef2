import { finalizeAccount, finalizeVideo } from '../bundles/finalize.ts'
import { approveEditRequest } from '../edit-requests/approve.ts'
import type { EventType } from '../../kernel/event-types.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'

/** A submission whose review window has ended. `position`: of a video, else 0. */
export interface DueReview {
  kind: keyof typeof reviewKinds
  team_id: string
  /** The bundle or the edit request. */
  id: string
  position: number
  /** The edit request. */
  profile_id: string
}

interface ReviewKind {
  table: string
  /** The column that holds {@link DueReview.id}. */
  key: string
  finalize: (unit: UnitOfWork, due: DueReview, before: Date) => Promise<unknown>
  failed: EventType
  facts: (due: DueReview) => JsonObject
}

const kind = (given: ReviewKind): ReviewKind => given

/** The kinds of reviews, and how each is finalized. */
export const reviewKinds = {
  account: kind({
    table: 'bundle_accounts',
    key: 'bundle_id',
    finalize: (unit, { id }, before) => finalizeAccount(unit, id, before),
    failed: 'bundle.finalize_failed',
    facts: ({ id }) => ({ bundle_id: id }),
  }),
  video: kind({
    table: 'video_slots',
    key: 'bundle_id',
    finalize: (unit, { id, position }, before) => finalizeVideo(unit, id, position, before),
    failed: 'bundle.finalize_failed',
    facts: ({ id, position }) => ({ bundle_id: id, position }),
  }),
  edit_request: kind({
    table: 'edit_requests',
    key: 'id',
    finalize: (unit, { id, profile_id }, before) => approveEditRequest(unit, profile_id, id, before),
    failed: 'edit_request.finalize_failed',
    facts: ({ id, profile_id }) => ({ edit_request_id: id, account_id: profile_id }),
  }),
}
