import type { TaskKind } from '../../db/schema.ts'
import type { Brief } from '../../drivers/contract.ts'
import { openWork } from '../../people/queue.ts'
import { recordTimeline } from '../../kernel/record.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import type { ClaimedTask } from '../../engine/tasks/claim.ts'
import { changeClaimed, sleepTask } from '../../engine/tasks/end.ts'

const hourMs = 3_600_000

/** The person's deadline, from when the task was due. Nothing ends when it has passed: work is ordered by it. */
const allowedMs: Readonly<Record<TaskKind, number>> = {
  publish: hourMs,
  setup: 24 * hourMs,
  warmup: 24 * hourMs,
  profile_edit: 24 * hourMs,
}

/**
 * Lets the task wait for a person, holding no worker, and puts its work into the queue in the same transaction.
 * A warm-up is `pending`, not under way, until the person starts it: until then the profile's other tasks go on.
 */
export async function handOver(tx: Tx, task: ClaimedTask, profile: ProfileRow, brief: Brief): Promise<void> {
  await changeClaimed(tx, task, task.kind === 'warmup' ? { status: 'pending', started_at: null } : { status: 'waiting' })
  await openWork(tx, {
    kind: task.kind,
    profileId: profile.id,
    taskId: task.id,
    dueAt: new Date(task.run_at.getTime() + allowedMs[task.kind]),
    ...brief,
  })
}

/** Lets a task other than a publish sleep: until then, or until a person has done it. */
export async function waitFor(
  tx: Tx,
  task: ClaimedTask,
  profile: ProfileRow,
  wait: { until: Date } | { for: 'operator'; brief: Brief },
): Promise<void> {
  if ('until' in wait) return sleepTask(tx, task, wait.until)
  await handOver(tx, task, profile, wait.brief)
  await recordTimeline(tx, {
    profileId: profile.id,
    kind: 'task',
    taskId: task.id,
    taskKind: task.kind,
    to: task.kind === 'warmup' ? 'pending' : 'waiting',
    reason: task.kind === 'warmup' ? 'A person is to do it; it begins when they start it.' : 'A person is to do it.',
  })
}
