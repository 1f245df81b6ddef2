import type { TaskKind } from '../db/schema.ts'
import { newId } from '../lib/ids.ts'
import type { JsonObject } from '../lib/json.ts'
import type { EventType } from './event-types.ts'
import { actorOf } from './caller.ts'
import type { Tx } from './unit-of-work.ts'

/** Writes an event of the caller's team. The event exists exactly when the change commits. */
export async function recordEvent(tx: Tx, type: EventType, data: JsonObject): Promise<string> {
  const id = newId()
  await tx.trx
    .insertInto('events')
    .values({ team_id: tx.caller.teamId, id, type, data: JSON.stringify(data), created_at: tx.now })
    .execute()
  return id
}

/** Writes who changed what. `subject` is like `profile:ID`; `before` and `after` have the members that changed. */
export async function recordAudit(
  tx: Tx,
  action: string,
  subject: string,
  before: JsonObject | null,
  after: JsonObject | null,
): Promise<void> {
  await tx.trx
    .insertInto('audit')
    .values({
      team_id: tx.caller.teamId,
      id: newId(),
      actor: actorOf(tx.caller),
      action,
      subject,
      before: before && JSON.stringify(before),
      after: after && JSON.stringify(after),
      request_id: tx.caller.requestId,
      created_at: tx.now,
    })
    .execute()
}

export interface TimelineEntry {
  profileId: string
  kind: 'status' | 'task' | 'edit'
  taskId?: string
  taskKind?: TaskKind
  from?: string | null
  to: string
  reason: string
}

/** Writes a line of the profile's timeline. */
export const recordTimeline = (tx: Tx, entry: TimelineEntry): Promise<void> =>
  recordTimelines(tx, [{ ...entry, teamId: tx.caller.teamId }])

/** Writes lines of several profiles' timelines in one statement. */
export async function recordTimelines(
  { trx, now }: Pick<Tx, 'trx' | 'now'>,
  entries: readonly (TimelineEntry & { teamId: string })[],
): Promise<void> {
  if (entries.length === 0) return
  await trx
    .insertInto('timeline')
    .values(
      entries.map((entry) => ({
        team_id: entry.teamId,
        profile_id: entry.profileId,
        id: newId(),
        kind: entry.kind,
        task_id: entry.taskId ?? null,
        task_kind: entry.taskKind ?? null,
        from_status: entry.from ?? null,
        to_status: entry.to,
        reason: entry.reason,
        created_at: now,
      })),
    )
    .execute()
}
