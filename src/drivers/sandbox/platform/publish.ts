import { sql } from 'kysely'
import type { Trx } from '../../../db/connect.ts'
import { isRolledBack } from '../../../db/rolled-back.ts'
import type { Platform } from '../../../db/schema.ts'
import { gather } from '../../../lib/gather.ts'
import { postPath } from './paths.ts'
import { newNumber, NoAnswer, Refusal, type Limit, type Posted, type SandboxPlatform } from './types.ts'

export interface PublishInput {
  uploadId: string
  /** The caller's own id of the post; the platform stores it without using it. */
  ref: string
  draft: boolean
  title: string
  description: string
  /** Null: the original sound. */
  soundId: string | null
}

/** `visibleFrom`: when pages and searches by reference begin to display the post. */
export interface PublishContext {
  limit: Limit
  visibleFrom: Date
}

/**
 * Publishes an upload, or saves it as a draft. A second call creates a second post, as on a real platform.
 * @throws Refusal `upload_not_found` @throws NoAnswer
 */
export type Publish = (input: PublishInput, context: PublishContext) => Promise<Posted>

interface Call {
  input: PublishInput
  context: PublishContext
}

interface NewPost extends Call {
  id: string
}

/** Publishes what is asked at the same time in one transaction. */
export function publishTogether(platform: SandboxPlatform): Publish {
  const publish = gather((calls: Call[]) => publishAll(platform, calls), { most: 200, isUndone: isRolledBack })
  return (input, context) => publish({ input, context })
}

function publishAll({ db, clock }: SandboxPlatform, calls: readonly Call[]): Promise<(Posted | Error)[]> {
  return db.transaction().execute(async (trx) => {
    const at = clock.now()
    const posts = calls.map((one): NewPost => ({ ...one, id: newNumber() }))
    const accounts = await insert(trx, posts, at)
    const late = await withoutLate(trx, posts)
    return posts.map(({ id, input }): Posted | Error => {
      const account = accounts.get(id)
      const { draft } = input
      if (!account) return notFound(input)
      return late.get(id) ?? { id, path: draft ? null : postPath(account.platform, account.username, id), at, draft }
    })
  })
}

interface Account {
  platform: Platform
  username: string
}

/** @returns the account of each post whose upload exists. The uploads stay locked: uploadState waits for them, so its answer cannot change afterwards. */
async function insert(trx: Trx, posts: readonly NewPost[], at: Date): Promise<Map<string, Account>> {
  const rows = posts.map(({ id, input: { uploadId, ref, draft, title, description, soundId }, context }) => ({
    id,
    upload_id: uploadId,
    ref,
    title,
    description,
    sound_id: soundId,
    live_at: draft ? null : at,
    visible_from: context.visibleFrom,
  }))
  const { rows: inserted } = await sql<Account & { id: string }>`
    with held as materialized (
      select v.*, u.account_id, u.kind, u.media
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(id text, upload_id text, ref text, title text, description text,
        sound_id text, live_at timestamptz, visible_from timestamptz)
      join sandbox_uploads u on u.id = v.upload_id order by u.id for update of u
    ), inserted as (
      insert into sandbox_posts
        (id, account_id, upload_id, ref, kind, media, title, description, sound_id, created_at, live_at, visible_from)
      select id, account_id, upload_id, ref, kind, media, title, description, sound_id, ${at}, live_at, visible_from from held
    )
    select held.id, a.platform, a.username from held join sandbox_accounts a on a.id = held.account_id`.execute(trx)
  return new Map(inserted.map(({ id, ...account }) => [id, account]))
}

/** Takes back the posts whose callers have stopped waiting, with the locks held, so that none commits too late. @returns why, by their ids */
async function withoutLate(trx: Trx, posts: readonly NewPost[]): Promise<Map<string, NoAnswer>> {
  const late = new Map<string, NoAnswer>()
  for (;;) {
    const more = posts.flatMap(({ id, context }) => {
      const error = late.has(id) ? null : noAnswer(context.limit)
      return error ? [[id, error] as const] : []
    })
    if (more.length === 0) return late
    for (const [id, error] of more) late.set(id, error)
    await sql`delete from sandbox_posts where id = any(${more.map(([id]) => id)}::text[])`.execute(trx)
  }
}

function noAnswer(limit: Limit): NoAnswer | null {
  try {
    limit.check()
    return null
  } catch (error) {
    if (error instanceof NoAnswer) return error
    throw error
  }
}

const notFound = ({ uploadId }: PublishInput): Refusal => {
  const message = `The upload ${uploadId} does not exist on the platform. Publish the post again.`
  return new Refusal({ code: 'upload_not_found', message, retryable: false, who: 'croft' })
}
