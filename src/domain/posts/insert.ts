import { run, statement } from '../../db/statement.ts'
import type { Reason } from '../../db/schema.ts'
import type { Caller } from '../../kernel/context.ts'
import type { PostRow, ProfileRow } from '../../kernel/rows.ts'
import type { SharedTx } from '../../kernel/unit-of-work.ts'
import { newId } from '../../lib/ids.ts'
import type { PostInput } from './input.ts'
import { postFacts } from './move.ts'

/** A post that has passed every check. */
export interface AcceptedPost {
  caller: Caller
  profile: Pick<ProfileRow, 'team_id' | 'id' | 'driver'>
  input: PostInput
  warnings: Reason[]
  due: Date
}

/** The columns of a post that its caller or its profile decides; the others have their defaults. */
const columns = {
  team_id: 'uuid',
  id: 'uuid',
  profile_id: 'uuid',
  driver: 'text',
  media_type: 'text',
  media_url: 'text',
  sound_id: 'text',
  title: 'text',
  description: 'text',
  is_live: 'boolean',
  privacy_level: 'text',
  is_ai_generated: 'boolean',
  is_commercial: 'boolean',
  execute_at: 'timestamptz',
  webhook_url: 'text',
  warnings: 'jsonb',
} as const

/** What the rows beside the post are made of. */
const besides = {
  due: 'timestamptz',
  facts: 'jsonb',
  event_id: 'uuid',
  line_id: 'uuid',
  audit_id: 'uuid',
  actor: 'text',
  request_id: 'text',
} as const

const names = Object.keys(columns).join(', ')
const types = Object.entries({ ...columns, ...besides }).map(([name, type]) => `${name} ${type}`)

const insert = statement(
  'accept_posts',
  `with given as materialized (select * from json_to_recordset($1::json) as given (${types.join(', ')})),
  task as (
    insert into tasks (team_id, id, profile_id, kind, status, run_at, created_at, updated_at)
    select team_id, id, profile_id, 'publish', 'pending', due, $2, $2 from given
  ), event as (
    insert into events (team_id, id, type, data, created_at)
    select team_id, event_id, 'post.scheduled', facts, $2 from given
  ), line as (
    insert into timeline (team_id, profile_id, id, kind, task_id, task_kind, to_status, reason, created_at)
    select team_id, profile_id, line_id, 'task', id, 'publish', 'preparing', 'The post was accepted.', $2 from given
  ), trail as (
    insert into audit (team_id, id, actor, action, subject, after, request_id, created_at)
    select team_id, audit_id, actor, 'post.create', 'post:' || id, facts, request_id, $2 from given
  )
  insert into posts (${names}, status, created_at, updated_at)
  select ${names}, 'preparing', $2::timestamptz, $2 from given`,
)

const rowOf = ({ profile, input, warnings }: AcceptedPost, now: Date): PostRow => ({
  team_id: profile.team_id,
  id: newId(),
  profile_id: profile.id,
  driver: profile.driver,
  status: 'preparing',
  media_type: input.mediaType,
  media_url: input.mediaUrl,
  media_version: 1,
  media_id: null,
  prepare_lease: null,
  inspections_cut: 0,
  swept_for: null,
  swept_at: null,
  sound_id: input.soundId,
  title: input.title,
  description: input.description,
  is_live: input.isLive,
  privacy_level: input.privacyLevel,
  is_ai_generated: input.isAiGenerated,
  is_commercial: input.isCommercial,
  execute_at: input.executeAt === null ? null : new Date(input.executeAt),
  webhook_url: input.webhookUrl,
  warnings,
  failure: null,
  post_url: null,
  platform_post_id: null,
  published_at: null,
  created_at: now,
  updated_at: now,
})

/** Writes posts, each with its task, event, timeline line and audit row, in one statement however many they are. */
export async function insertPosts(tx: SharedTx, accepted: readonly AcceptedPost[]): Promise<PostRow[]> {
  if (accepted.length === 0) return []
  const rows = accepted.map((one) => rowOf(one, tx.now))
  const given = rows.map((row, index) => ({
    ...row,
    due: accepted[index]?.due,
    facts: postFacts(row),
    event_id: newId(),
    line_id: newId(),
    audit_id: newId(),
    actor: accepted[index]?.caller.actor,
    request_id: accepted[index]?.caller.requestId,
  }))
  await run(tx.trx, insert, [JSON.stringify(given), tx.now])
  return rows
}
