import type { ProfileRow } from '../../kernel/rows.ts'
import { insertTask } from '../../engine/tasks/insert.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import type { WarmupPolicy } from '../profiles/warmup-policy.ts'

/** Plans the profile's next run, `pauseMs` from now; none for a ready profile if the policy requires no maintenance. */
export async function planRun(
  tx: Tx,
  profile: Pick<ProfileRow, 'team_id' | 'id' | 'status'>,
  policy: WarmupPolicy,
  pauseMs: number,
): Promise<void> {
  if (profile.status === 'ready' && policy.maintenanceMs === 0) return
  const runAt = new Date(tx.now.getTime() + pauseMs)
  await insertTask(tx, { profileId: profile.id, kind: 'warmup', runAt })
}
