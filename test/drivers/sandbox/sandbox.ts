import type { TestContext } from 'node:test'
import type { Db } from '../../../src/db/connect.ts'
import type { SandboxCall, SandboxFaultKind } from '../../../src/db/sandbox-tables.ts'
import type { Driver, DriverPost, DriverProfile } from '../../../src/drivers/contract.ts'
import { addFault, createSandboxDriver } from '../../../src/drivers/sandbox/index.ts'
import type { SandboxPlatform } from '../../../src/drivers/sandbox/platform/index.ts'
import { newId } from '../../../src/lib/ids.ts'
import { testDatabase } from '../../support/database.ts'

export const publicUrl = 'https://croft.test'

/** A clock that stands still until it is moved. */
export function standingClock(start = '2026-11-21T10:00:00.000Z') {
  let at = Date.parse(start)
  return { now: () => new Date(at), forward: (ms: number) => void (at += ms) }
}

export interface TestSandbox {
  db: Db
  clock: ReturnType<typeof standingClock>
  platform: SandboxPlatform
  driver: Driver
  /** The same sandbox behind a line that waits only a moment. */
  hasty: Driver
  profile: DriverProfile
  post: DriverPost
  fault: (call: SandboxCall, fault: SandboxFaultKind) => Promise<unknown>
}

/** A sandbox on a database of its own, with a profile that is not set up yet and a post for it. */
export async function testSandbox(t: TestContext): Promise<TestSandbox> {
  const database = await testDatabase()
  t.after(() => database.close())
  const { db } = database
  const clock = standingClock()
  const options = { db, clock, publicUrl: () => publicUrl }
  const profile: DriverProfile = {
    teamId: newId(),
    id: newId(),
    platform: 'tiktok',
    username: 'vela.bakery',
    displayName: 'Vela Bakery',
    bio: 'Bread before dawn',
    pictureUrl: null,
    phoneName: null,
  }
  return {
    db,
    clock,
    platform: { db, clock },
    driver: createSandboxDriver({ ...options, callTimeoutMs: 60_000 }),
    hasty: createSandboxDriver({ ...options, callTimeoutMs: 5 }),
    profile,
    post: {
      id: newId(),
      mediaType: 'video',
      mediaUrls: [`${publicUrl}/media/a`],
      info: { duration_s: 5, width: 1080, height: 1920, codec: 'avc', slides: null },
      title: 'Rye',
      description: 'Three days of patience',
      soundId: '7100000000000000000',
      isLive: true,
      privacyLevel: null,
      isAiGenerated: false,
      isCommercial: false,
      draftId: null,
    },
    fault: (call, fault) => addFault({ db, clock }, { teamId: profile.teamId, profileId: profile.id, call, fault, times: 1 }),
  }
}

/** What the platform's tables hold. */
export const posts = (db: Db) => db.selectFrom('sandbox_posts').selectAll().orderBy('created_at').orderBy('id').execute()
export const uploads = (db: Db) => db.selectFrom('sandbox_uploads').selectAll().execute()
export const account = (db: Db, username: string) =>
  db.selectFrom('sandbox_accounts').selectAll().where('username', '=', username).executeTakeFirst()
