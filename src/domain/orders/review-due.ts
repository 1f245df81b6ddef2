import { CroftError } from '../../kernel/errors.ts'

/**
 * Makes sure that nothing is finalized automatically that was submitted again after its review window was found to be
 * over.
 * @throws CroftError `invalid_status`
 */
export function requireDue(part: { status: string; in_review_at: Date | null }, inReviewBefore: Date | undefined): void {
  if (inReviewBefore === undefined || (part.in_review_at !== null && part.in_review_at <= inReviewBefore)) return
  throw new CroftError('invalid_status', 'Its review is not over yet.', { status: part.status })
}
