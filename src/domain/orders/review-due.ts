import { CroftError } from '../../kernel/errors.ts'

/**
 * Sees to it that nothing is finalized by itself which was handed in anew since its review was found to be over.
 * @throws CroftError `invalid_status`
 */
export function requireDue(part: { status: string; in_review_at: Date | null }, inReviewBefore: Date | undefined): void {
  if (inReviewBefore === undefined || (part.in_review_at !== null && part.in_review_at <= inReviewBefore)) return
  throw new CroftError('invalid_status', 'Its review is not over yet.', { status: part.status })
}
