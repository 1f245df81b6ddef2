import type { TestContext } from 'node:test'
import { movePost } from '../../../src/domain/posts/move.ts'
import type { PostEvent } from '../../../src/domain/posts/lifecycle.ts'
import { getProfile } from '../../../src/domain/profiles/get.ts'
import { moveProfile } from '../../../src/domain/profiles/move.ts'
import type { PostRow, ProfileRow } from '../../../src/kernel/rows.ts'
import { testTeam, type TestTeam } from '../../support/croft.ts'
import { accept } from '../../support/posts.ts'
import { newUsername, readyProfile } from '../../support/ready-profile.ts'
import { startMediaServer, type MediaServer } from '../../support/media-server.ts'
import { api, ok, type Api } from './client.ts'

/** A server with two teams, each with a ready profile, and what routes need to succeed. */
export interface World extends Api {
  media: MediaServer
  ready: ProfileRow
  other: { team: TestTeam; ready: ProfileRow }
  readKey: string
  workKey: string
  /** A profile of the first team's, in `configuring`. */
  newProfile: () => Promise<string>
  retryingProfile: () => Promise<string>
  /** A post of the team's, moved along its lifecycle by these events. */
  post: (...events: PostEvent[]) => Promise<string>
}

export async function openWorld(t: TestContext): Promise<World> {
  const one = await api(t)
  const { ctx, team } = one.croft
  const media = await startMediaServer()
  t.after(() => media.stop())
  const team2 = await testTeam(ctx, 'other')
  const ready = await readyProfile(ctx, team)
  const newProfile = async (): Promise<string> => {
    const made = await one.ask('POST', '/v1/farm-profiles', { username: newUsername(), email_auth_method: 'google' })
    return String(ok(made, 201)['profile_id'])
  }
  return {
    ...one,
    media,
    ready,
    other: { team: team2, ready: await readyProfile(ctx, team2) },
    readKey: (await testTeam(ctx, 'test', 'read')).key,
    workKey: (await testTeam(ctx, 'test', 'work')).key,
    newProfile,
    async retryingProfile() {
      const id = await newProfile()
      const row = await getProfile(ctx.db, team.id, id)
      await team.unit.commit((tx) => moveProfile(tx, row, 'set_up_failed', 'A test says so.'))
      return id
    },
    async post(...events) {
      let row: PostRow = await accept(team, ready)
      for (const event of events) row = await team.unit.commit((tx) => movePost(tx, row, event, 'A test says so.'))
      return row.id
    },
  }
}
