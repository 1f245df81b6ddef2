import { after, before } from 'node:test'
import type { ProfileRow } from '../../../src/kernel/rows.ts'
import { createProfile } from '../../../src/domain/profiles/create.ts'
import { getProfile } from '../../../src/domain/profiles/get.ts'
import { updateTeam } from '../../../src/domain/teams/update.ts'
import { standingClock } from '../../support/clock.ts'
import { testCroft, type TestAnswer, type TestCroft } from '../../support/croft.ts'
import { carryOut, newUsername, readyProfile } from '../../support/ready-profile.ts'

type Platform = ProfileRow['platform']
type Body = Record<string, unknown>
interface ErrorBody {
  error: { code: string; message: string; details?: { path: string; message: string }[]; nextAllowedAt?: string | null }
  request_id: string
}

export const dayMs = 86_400_000

/** A Croft for the tests of one file, with a clock that stands still; nothing is carried out but by {@link carryOut}. */
export function accountsCroft() {
  const clock = standingClock()
  let opened: TestCroft | undefined
  before(async () => {
    opened = await testCroft({ work: false, substitutes: { clock } })
  })
  after(() => opened?.stop())
  const croft = (): TestCroft => {
    if (!opened) throw new Error('ask inside a test')
    return opened
  }
  const profile = async (platform: Platform, username = newUsername()): Promise<ProfileRow> => {
    const { team } = croft()
    await updateTeam(team.unit, { runs: null, maintenanceMs: null })
    return (await createProfile(team.unit, { username, emailAuthMethod: 'google', platform })).row
  }
  return {
    clock,
    croft,
    /** A profile that is created and not yet set up. */
    profile,
    ready: (platform: Platform) => readyProfile(croft().ctx, croft().team, { platform }),
    /** One whose first run has just begun. */
    warming: async (platform: Platform) => {
      const row = await profile(platform)
      await carryOut(croft().ctx, row)
      return getProfile(croft().ctx.db, row.team_id, row.id)
    },
    patch: (id: string, body: unknown, headers: Record<string, string> = {}): Promise<TestAnswer> =>
      croft().request('PATCH', `/v1/accounts/${id}/profile`, body, headers),
    account: async (id: string): Promise<Body> => bodyOf(await croft().request('GET', `/v1/accounts/${id}`)),
  }
}

export const bodyOf = (answer: TestAnswer): Body => answer.body as Body
export const errorOf = (answer: TestAnswer): ErrorBody['error'] => (answer.body as ErrorBody).error
/** The members that an error names, in order of their names. */
export const pathsOf = (answer: TestAnswer): string[] => (errorOf(answer).details ?? []).map(({ path }) => path).sort()
