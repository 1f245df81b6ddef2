import { sql } from 'kysely'
import type { Reason } from '../../db/schema.ts'
import { newId } from '../../lib/ids.ts'
import type { PostRow, ProfileRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { PostInput } from './input.ts'
import { postFacts } from './move.ts'

interface Insert {
  id: string
  profile: ProfileRow
  input: PostInput
  warnings: Reason[]
  due: Date
}

/**
 * Writes a post with its task, event, timeline line and audit row.
 * One statement by hand: accepting posts is the hottest path there is, and five trips to the database are four too many.
 */
export async function insertPost(tx: Tx, { id, profile, input, warnings, due }: Insert): Promise<PostRow> {
  const post: PostRow = {
    team_id: profile.team_id,
    id,
    profile_id: profile.id,
    driver: profile.driver,
    status: 'preparing',
    media_type: input.mediaType,
    media_url: input.mediaUrl,
    media_version: 1,
    media_id: null,
    prepare_at: tx.now,
    prepare_tries: 0,
    prepare_faults: 0,
    prepare_claim: null,
    prepare_lease: null,
    inspections_cut: 0,
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
    created_at: tx.now,
    updated_at: tx.now,
  }
  const { caller, now } = tx
  const facts = JSON.stringify(postFacts(post))
  await sql`
    with task as (
      insert into tasks (team_id, id, profile_id, kind, status, run_at, created_at, updated_at)
      values (${post.team_id}, ${id}, ${post.profile_id}, 'publish', 'pending', ${due}, ${now}, ${now})
    ), event as (
      insert into events (team_id, id, type, data, created_at) values (${post.team_id}, ${newId()}, 'post.scheduled', ${facts}, ${now})
    ), line as (
      insert into timeline (team_id, profile_id, id, kind, task_id, task_kind, to_status, reason, created_at)
      values (${post.team_id}, ${post.profile_id}, ${newId()}, 'task', ${id}, 'publish', 'preparing', 'The post was accepted.', ${now})
    ), trail as (
      insert into audit (team_id, id, actor, action, subject, after, request_id, created_at)
      values (${post.team_id}, ${newId()}, ${caller.actor}, 'post.create', ${`post:${id}`}, ${facts}, ${caller.requestId}, ${now})
    )
    insert into posts (team_id, id, profile_id, driver, status, media_type, media_url, sound_id, title, description, is_live,
      privacy_level, is_ai_generated, is_commercial, execute_at, webhook_url, warnings, prepare_at, created_at, updated_at)
    values (${post.team_id}, ${id}, ${post.profile_id}, ${post.driver}, 'preparing', ${post.media_type}, ${post.media_url}, ${post.sound_id},
      ${post.title}, ${post.description}, ${post.is_live}, ${post.privacy_level}, ${post.is_ai_generated}, ${post.is_commercial},
      ${post.execute_at}, ${post.webhook_url}, ${JSON.stringify(warnings)}, ${now}, ${now}, ${now})`.execute(tx.trx)
  return post
}
