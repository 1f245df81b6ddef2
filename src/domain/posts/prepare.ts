import { sql } from 'kysely'
import { unclaimed, type MediaKind } from '../media/kind.ts'
import { recordEvent } from '../../kernel/record.ts'
import type { PostRow } from '../../kernel/rows.ts'
import { lockPost } from './get.ts'
import { captionWarnings } from './input.ts'
import { movePost, postFacts } from './move.ts'

/** The media of posts: once it is kept the post is scheduled, and if it is refused the post fails with every reason. */
export const postMedia: MediaKind<PostRow> = {
  loop: 'media',
  table: 'posts',
  key: [
    ['team_id', 'uuid'],
    ['id', 'uuid'],
  ],
  waiting: `status = 'preparing'`,
  concurrency: 64,
  share: 8,
  async lock(tx, { team_id, id }) {
    const post = await lockPost(tx.trx, team_id, id)
    return post.status === 'preparing' ? post : undefined
  },
  // The moves `media_ready_later` and `media_ready` of the lifecycle. Tasks are locked before posts, as everywhere.
  accept: (now) => ({
    held: sql`
      select p.team_id, p.id from given
      join tasks t on t.team_id = given.team_id and t.id = given.id
      join posts p on p.team_id = given.team_id and p.id = given.id and p.status = 'preparing' and p.prepare_claim = given.claim
      order by t.team_id, t.id for update of t, p`,
    change: sql`, moved as (
        update posts p
        set status = case when p.execute_at > ${now} then 'scheduled' else 'queued' end, media_id = coalesce(given.media_id, p.media_id),
          warnings = case when given.media_id is null then p.warnings else coalesce((
            select jsonb_agg(warning) from jsonb_array_elements(p.warnings) warning where warning ->> 'code' = any(${captionWarnings}::text[])
          ), '[]') || given.warnings end,
          prepare_claim = null, prepare_lease = null, updated_at = ${now}
        from held join given using (team_id, id) where p.team_id = held.team_id and p.id = held.id
        returning p.team_id, p.id, p.profile_id, p.status, given.claim, given.line
      ), lines as (
        insert into timeline (team_id, profile_id, id, kind, task_id, task_kind, from_status, to_status, reason, created_at)
        select team_id, profile_id, line, 'task', id, 'publish', 'preparing', status, 'The media is checked and kept.', ${now}::timestamptz
        from moved
      )
      update tasks t
      set status = 'queued', claim = null, claimed_by = null, lease_until = null, resume_at = null, parked = false, ended_at = null,
        updated_at = ${now}
      from moved where t.team_id = moved.team_id and t.id = moved.id
      returning moved.claim`,
  }),
  async reject(tx, post, { problems }) {
    const reasons = problems.map(({ code, message }) => ({ code, message }))
    const message = reasons.map((reason) => reason.message).join('; ')
    const failure = { code: reasons[0]?.code ?? 'media_unreachable', message, reasons }
    const failed = await movePost(tx, post, 'media_rejected', `The media was refused: ${message}`, {
      post: { failure: JSON.stringify(failure), ...unclaimed },
    })
    await recordEvent(tx, 'post.media_rejected', postFacts(failed))
  },
}
