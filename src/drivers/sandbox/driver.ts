import type { Db } from '../../db/connect.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Driver } from '../contract.ts'
import type { SandboxClient } from './call.ts'
import { editProfileFields, setUpProfile, warmUpProfile } from './profile.ts'
import { forget } from './platform/index.ts'
import { publishPost, reconcilePost } from './publish.ts'

export interface SandboxDriverOptions {
  db: Db
  clock: Clock
  /** How long a call to the stand-in platform may take. */
  callTimeoutMs: number
  /** Where the pages are seen, without a slash at the end. */
  publicUrl: () => string
}

/**
 * The driver of the stand-in platform. A definite no is an Outcome; an answer that was lost, came late or never came
 * is thrown, out of the `once` step of a publish as out of the others. It can always say what became of a publish.
 */
export function createSandboxDriver({ db, clock, callTimeoutMs, publicUrl }: SandboxDriverOptions): Driver {
  const client: SandboxClient = { platform: { db, clock }, timeoutMs: callTimeoutMs }
  return {
    name: 'sandbox',
    can: {
      platforms: ['tiktok', 'instagram'],
      publish: ['video', 'slideshow'],
      editProfile: ['name', 'username', 'bio', 'picture'],
      hashtags: false,
      drafts: true,
    },
    unavailable: () => null,
    setUp: (profile, asked, step) => setUpProfile(client, profile, asked, step),
    warmUp: (profile, { lengthMs }, step) => warmUpProfile(client, profile, lengthMs, step),
    editProfile: (profile, fields, step) => editProfileFields(client, profile, fields, step),
    publish: (profile, post, step) => publishPost(client, publicUrl(), profile, post, step),
    forget: ({ id }, posts) => forget(client.platform, id, posts),
    reconcile: (_profile, post, recall) => reconcilePost(client, publicUrl(), post, recall),
  }
}
