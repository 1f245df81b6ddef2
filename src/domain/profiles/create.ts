import type { Platform } from '../../db/schema.ts'
import type { ProfileField } from '../../drivers/contract.ts'
import { newId } from '../../lib/ids.ts'
import { driverFor } from '../../kernel/drivers.ts'
import { invalid } from '../../kernel/errors.ts'
import { fetchPicture, keepPicture } from '../media/picture.ts'
import { insertTask } from '../../engine/tasks/insert.ts'
import type { ProfilePolicy } from './warmup-policy.ts'
import { isUniqueViolation } from '../../kernel/conflict.ts'
import { recordAudit, recordEvent, recordTimeline } from '../../kernel/record.ts'
import type { ProfileRow } from '../../kernel/rows.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { farmNames } from './update.ts'
import { refusalOf, usernameTaken, valueProblems } from './values.ts'
import { profileDetails, type ProfileDetails } from './details.ts'

export interface NewProfile {
  accountName?: string | null
  username: string
  emailAuthMethod: 'google' | 'outlook'
  platform: Platform
  /** Null or omitted: the current value stays, and the setup reads it. The same holds for the bio and the picture. */
  displayName?: string | null
  bio?: string | null
  pictureUrl?: string | null
  driver?: string
  warmup?: ProfilePolicy
  labels?: readonly string[]
}

const policyColumns = ({ runs, spanMs, sessionMs, intervalMs, maintenanceMs }: ProfilePolicy) => ({
  warmup_runs: runs ?? null,
  warmup_span_ms: spanMs ?? null,
  warmup_session_ms: sessionMs ?? null,
  warmup_interval_ms: intervalMs ?? null,
  warmup_maintenance_ms: maintenanceMs ?? null,
})

/** What the setup must set on the platform; an empty bio counts as requested. */
const askedFields = ({ displayName, bio, pictureUrl }: NewProfile): ProfileField[] => [
  ...(displayName == null ? [] : ['name' as const]),
  ...(bio == null ? [] : ['bio' as const]),
  ...(pictureUrl ? ['picture' as const] : []),
]

/**
 * Creates a profile and starts its setup.
 * @throws CroftError `validation_error`, `invalid_url`, `address_not_allowed`, `username_taken`, `driver_unavailable`,
 *   or the problems of the picture
 */
export async function createProfile(unit: UnitOfWork, input: NewProfile): Promise<ProfileDetails<ProfileRow>> {
  const { ctx, caller } = unit
  const { username, bio, pictureUrl } = input
  const found = valueProblems(
    ctx,
    input.platform,
    { name: input.displayName ?? undefined, username, bio: bio ?? undefined, pictureUrl: pictureUrl || undefined },
    { ...farmNames, name: 'display_name' },
  )
  if (found.length > 0) throw refusalOf(found)
  const driver = driverFor(ctx, input.driver ?? ctx.defaultDriver, 'driver')
  if (!driver.can.platforms.includes(input.platform))
    throw invalid([{ path: 'platform', message: `the driver ${driver.name} does not support ${input.platform}` }])
  const picture = input.pictureUrl ? await fetchPicture(ctx, caller.teamId, input.pictureUrl) : null
  try {
    return await unit.commit(async (tx) => {
      const pictureId = picture && (await keepPicture(tx, picture))
      const row = await tx.trx
        .insertInto('profiles')
        .values({
          team_id: caller.teamId,
          id: newId(),
          platform: input.platform,
          driver: driver.name,
          profile_name: input.accountName ?? input.username,
          username: input.username,
          display_name: input.displayName ?? input.username,
          email_auth_method: input.emailAuthMethod,
          bio: input.bio || null,
          picture_id: pictureId,
          ...policyColumns(input.warmup ?? {}),
          labels: [...(input.labels ?? [])],
          status: 'configuring',
          created_at: tx.now,
          updated_at: tx.now,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      await recordTimeline(tx, {
        profileId: row.id,
        kind: 'status',
        from: null,
        to: row.status,
        reason: 'The profile was created.',
      })
      await recordEvent(tx, 'profile.status_changed', {
        profile_id: row.id,
        from: null,
        to: row.status,
        reason: 'The profile was created.',
      })
      await recordAudit(tx, 'profile.create', `profile:${row.id}`, null, {
        platform: row.platform,
        username: row.username,
        driver: row.driver,
      })
      await insertTask(tx, { profileId: row.id, kind: 'setup', runAt: tx.now, input: { fields: askedFields(input) } })
      return profileDetails(ctx, tx.trx, row)
    })
  } catch (error) {
    if (!isUniqueViolation(error, 'profiles_one_living_username')) throw error
    throw usernameTaken(input.platform, input.username)
  }
}
