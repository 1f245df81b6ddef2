import { run } from '../../db/statement.ts'
import { CroftError } from '../../kernel/errors.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import type { SharedTx } from '../../kernel/unit-of-work.ts'
import { isClosed } from '../profiles/lifecycle.ts'
import { profilesByIds } from '../profiles/read.ts'
import { toProfileDetails, type ProfileDetails } from '../profiles/details.ts'

function notReady({ row: profile, readyAtEarliest, policy }: ProfileDetails): CroftError {
  const maintenance = profile.status === 'warming' && profile.ready_at !== null
  const when = isClosed(profile.status)
    ? 'It will never be; create a new one.'
    : maintenance
      ? 'A maintenance run is under way; try again when it has ended.'
      : readyAtEarliest
        ? `It can be ready at ${readyAtEarliest.toISOString()} at the earliest.`
        : 'It is still being set up.'
  const extra = { status: profile.status, ready_at_earliest: readyAtEarliest?.toISOString() ?? null }
  const wait = maintenance ? Math.max(Math.ceil(policy.sessionMs / 1_000), 1) : undefined
  return new CroftError(
    'profile_not_ready',
    `The profile is ${profile.status}, and only a ready one can post. ${when}`,
    extra,
    wait,
  )
}

/** `profile_not_ready` for each of the profiles that cannot post now, by the profile's id. */
export async function unreadyRefusals(
  tx: SharedTx,
  profiles: readonly Pick<ProfileRow, 'team_id' | 'id' | 'status'>[],
): Promise<Map<string, CroftError>> {
  const unready = profiles.filter(({ status }) => status !== 'ready')
  const refusals = new Map<string, CroftError>()
  for (const [teamId, own] of Map.groupBy(unready, ({ team_id }) => team_id)) {
    const ids = own.map(({ id }) => id)
    for (const row of await run(tx.trx, profilesByIds, [teamId, ids]))
      refusals.set(row.id, notReady(toProfileDetails(tx.ctx, row)))
  }
  return refusals
}
