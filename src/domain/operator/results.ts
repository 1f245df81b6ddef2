import type { Published, SetUp } from '../../drivers/contract.ts'
import type { TaskKind } from '../../db/schema.ts'
import type { JsonObject } from '../../lib/json.ts'
import { list } from '../../lib/text.ts'
import { invalid, type Detail } from '../../kernel/errors.ts'
import { phoneNameProblems } from '../phones/find-or-add.ts'
import { getPost } from '../posts/get.ts'
import { getProfile } from '../profiles/get.ts'
import { valueProblems } from '../profiles/values.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { Submission, WorkItem } from '../../people/contract.ts'

/** @throws CroftError `validation_error` for values that this work does not have */
function requireKnown(item: WorkItem, submission: Submission): void {
  const known = Object.keys(item.values)
  const wrong: Detail[] = Object.keys(submission.values ?? {})
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `values.${name}`,
      message: known.length === 0 ? 'is not requested; this work sets no values' : `is not requested; it is ${list(known, 'or')}`,
    }))
  if (wrong.length > 0) throw invalid(wrong)
}

function requireNoUrl(submission: Submission): void {
  if (submission.postUrl !== null)
    throw invalid([{ path: 'post_url', message: 'is not requested; only a published post has one' }])
}

const reported = ['username', 'display_name', 'bio', 'phone_name'] as const
const valueNames = {
  name: 'values.display_name',
  username: 'values.username',
  bio: 'values.bio',
  picture: 'values.profile_picture_url',
}

/** The phone, and what the account displays. @throws CroftError `validation_error` */
async function setUp(tx: Tx, item: WorkItem, submission: Submission): Promise<SetUp> {
  requireNoUrl(submission)
  const values = submission.values ?? {}
  const profile = await getProfile(tx.trx, item.team_id, item.profile_id ?? '')
  const text = (name: (typeof reported)[number]) => (typeof values[name] === 'string' ? values[name] : undefined)
  const [username, name, bio, phoneName] = [text('username'), text('display_name'), text('bio'), text('phone_name')]
  const wrong: Detail[] = Object.entries(values).flatMap(([key, value]) => {
    const path = `values.${key}`
    if (!reported.some((one) => one === key)) return [{ path, message: `is not requested; it is ${list(reported, 'or')}` }]
    return key === 'phone_name' || typeof value === 'string' || (key === 'bio' && value === null)
      ? []
      : [{ path, message: 'must be text' }]
  })
  wrong.push(...phoneNameProblems(values['phone_name']))
  wrong.push(
    ...valueProblems(tx.ctx, profile.platform, { name, bio }, valueNames).map(({ path, message }) => ({ path, message })),
  )
  if (username !== undefined && username.toLowerCase() !== profile.username.toLowerCase())
    wrong.push({
      path: 'values.username',
      message: `must be ${profile.username}; if the account is another one, fail the item and report that`,
    })
  if (wrong.length > 0) throw invalid(wrong)
  return {
    phoneName: phoneName?.trim() ?? null,
    found: { ...(name === undefined ? {} : { displayName: name }), ...(values['bio'] === undefined ? {} : { bio: bio ?? null }) },
  }
}

function simple(item: WorkItem, submission: Submission): JsonObject {
  requireNoUrl(submission)
  requireKnown(item, submission)
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

async function published(tx: Tx, item: WorkItem, submission: Submission): Promise<Published> {
  requireKnown(item, submission)
  const post = await getPost(tx.trx, item.team_id, item.task_id ?? '')
  if (post.is_live) {
    const url = requireLink(submission.postUrl)
    return { platformPostId: url, url, at: tx.now }
  }
  requireNoUrl(submission)
  // A person finds the draft without an id; it only matters that one exists.
  return { platformPostId: `draft:${item.id}`, url: null, at: tx.now }
}

/** The result of the task's kind, from what the person submitted. @throws CroftError `validation_error` */
export async function resultOf(tx: Tx, kind: TaskKind, item: WorkItem, submission: Submission): Promise<unknown> {
  if (kind === 'publish') return published(tx, item, submission)
  return kind === 'setup' ? setUp(tx, item, submission) : simple(item, submission)
}
