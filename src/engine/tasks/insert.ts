import type { TaskKind } from '../../db/schema.ts'
import { newId } from '../../lib/ids.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

interface NewTask {
  profileId: string
  kind: TaskKind
  runAt: Date
  input?: JsonObject
}

/** Adds a task to a profile's work. The loop `tasks` claims it when it is due. @returns its id */
export async function insertTask(tx: Tx, task: NewTask): Promise<string> {
  const id = newId()
  await tx.trx
    .insertInto('tasks')
    .values({
      team_id: tx.caller.teamId,
      id,
      profile_id: task.profileId,
      kind: task.kind,
      status: 'queued',
      run_at: task.runAt,
      input: JSON.stringify(task.input ?? {}),
      created_at: tx.now,
      updated_at: tx.now,
    })
    .execute()
  tx.wake('tasks')
  return id
}
