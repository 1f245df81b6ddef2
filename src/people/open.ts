import { newId } from '../lib/ids.ts'
import type { JsonObject } from '../lib/json.ts'
import type { Tx } from '../kernel/unit-of-work.ts'
import type { WorkKind, WorkItem } from './contract.ts'

/** A piece of work to be put into the queue of the caller's team. */
export interface NewWork {
  kind: WorkKind
  bundleId?: string | null
  position?: number | null
  profileId?: string | null
  editRequestId?: string | null
  taskId?: string | null
  /** Only this manager may take it; null or left out: whoever serves the team. */
  managerId?: string | null
  dueAt: Date
  /** Clear steps for a person, one a line. */
  instructions: string
  /** What to set, by name. */
  values: JsonObject
  media?: WorkItem['media']
}

/** Puts work into the queue, in the caller's transaction. @returns its id */
export async function openWork(tx: Tx, work: NewWork): Promise<string> {
  const id = newId()
  await tx.trx
    .insertInto('work_items')
    .values({
      team_id: tx.caller.teamId,
      id,
      kind: work.kind,
      status: 'open',
      bundle_id: work.bundleId ?? null,
      position: work.position ?? null,
      profile_id: work.profileId ?? null,
      edit_request_id: work.editRequestId ?? null,
      task_id: work.taskId ?? null,
      manager_id: work.managerId ?? null,
      due_at: work.dueAt,
      instructions: work.instructions,
      values: JSON.stringify(work.values),
      media: JSON.stringify(work.media ?? []),
      created_at: tx.now,
      updated_at: tx.now,
    })
    .execute()
  return id
}
