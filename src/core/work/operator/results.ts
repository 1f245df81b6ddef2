import type { Published } from '../../../drivers/contract.ts'
import type { TaskKind } from '../../../db/schema.ts'
import type { Json, JsonObject } from '../../../lib/json.ts'
import { list, codePoints } from '../../../lib/text.ts'
import { invalid, type Detail } from '../../errors.ts'
import { findPost } from '../../posts/find.ts'
import type { Tx } from '../../write/scope.ts'
import type { Submission, WorkRow } from '../contract.ts'

/** @throws CroftError `validation_error` for values that this work has not */
function requireKnown(item: WorkRow, submission: Submission, beside: readonly string[]): void {
  const known = [...Object.keys(item.values), ...beside]
  const wrong: Detail[] = Object.keys(submission.values ?? {})
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `values.${name}`,
      message: known.length === 0 ? 'is not asked for; this work sets no values' : `is not asked for; it is ${list(known, 'or')}`,
    }))
  if (wrong.length > 0) throw invalid(wrong)
}

function requireNoUrl(submission: Submission): void {
  if (submission.postUrl !== null)
    throw invalid([{ path: 'post_url', message: 'is not asked for; only a published post has one' }])
}

function phoneName(given: Json | undefined): string | null {
  if (given == null) return null
  const name = typeof given === 'string' ? given.trim() : ''
  if (name === '' || codePoints(name) > 100)
    throw invalid([{ path: 'values.phone_name', message: 'must be text of 1 to 100 characters' }])
  return name
}

function setUp(item: WorkRow, submission: Submission): { phoneName: string | null } {
  requireNoUrl(submission)
  requireKnown(item, submission, ['phone_name'])
  return { phoneName: phoneName(submission.values?.['phone_name']) }
}

function simple(item: WorkRow, submission: Submission): JsonObject {
  requireNoUrl(submission)
  requireKnown(item, submission, [])
  return { by: 'operator', values: submission.values === null ? null : { ...submission.values }, note: submission.note }
}

/** A link that a browser can open. */
function requireLink(text: string | null): string {
  const url = text !== null && URL.canParse(text) ? new URL(text) : null
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') return url.href
  throw invalid([
    { path: 'post_url', message: text === null ? 'is required: the link of the post' : 'must be the https link of the post' },
  ])
}

async function published(tx: Tx, item: WorkRow, submission: Submission): Promise<Published> {
  requireKnown(item, submission, [])
  const post = await findPost(tx.trx, item.team_id, item.task_id ?? '')
  if (post.is_live) {
    const url = requireLink(submission.postUrl)
    return { platformPostId: url, url, at: tx.now }
  }
  requireNoUrl(submission)
  // A person finds the draft by itself; what counts is that there is one.
  return { platformPostId: `draft:${item.id}`, url: null, at: tx.now }
}

/** What the task's kind calls done, out of what the person handed in. @throws CroftError `validation_error` */
export async function resultOf(tx: Tx, kind: TaskKind, item: WorkRow, submission: Submission): Promise<unknown> {
  if (kind === 'publish') return published(tx, item, submission)
  return kind === 'setup' ? setUp(item, submission) : simple(item, submission)
}
