import type { Db } from '../../db/connect.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Driver } from '../contract.ts'
import type { SandboxClient } from './call.ts'
import { takeFaultTogether } from './faults.ts'
import { editProfileFields, setUpProfile, warmUpProfile } from './profile.ts'
import { forget, publishTogether, uploadTogether } from './platform/index.ts'
import { publishPost, reconcilePost } from './publish.ts'

export interface SandboxDriverOptions {
  db: Db
  clock: Clock
  /** How long a call to the stand-in platform may take. */
  callTimeoutMs: number
  /** The public address of the pages, without a trailing slash. */
  publicUrl: () => string
}

/**
 * The driver of the stand-in platform. A definite refusal is an Outcome. An answer that was lost, came late or never
 * came is thrown, in the `once` step of a publish as in the others. The driver can always say what became of a publish.
 */
export function createSandboxDriver({ db, clock, callTimeoutMs, publicUrl }: SandboxDriverOptions): Driver {
  const platform = { db, clock }
  const client: SandboxClient = {
    platform,
    timeoutMs: callTimeoutMs,
    takeFault: takeFaultTogether(db),
    upload: uploadTogether(platform),
    publish: publishTogether(platform),
  }
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
