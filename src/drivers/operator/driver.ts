import type { Brief, Driver } from '../contract.ts'
import { editBrief, setUpBrief, warmUpBrief } from './profile.ts'
import { publishBrief } from './publish.ts'

const handOver = (brief: Brief) => Promise.resolve({ wait: { for: 'operator' as const, brief } })

/** The driver of profiles whose work people do. It says what is to be done and waits for them, without occupying a worker. */
export function createOperatorDriver(): Driver {
  return {
    name: 'operator',
    can: {
      platforms: ['tiktok', 'instagram'],
      publish: ['video', 'slideshow'],
      editProfile: ['name', 'username', 'bio', 'picture'],
      hashtags: true,
      drafts: true,
      byPerson: true,
    },
    unavailable: () => null,
    setUp: (profile, asked) => handOver(setUpBrief(profile, asked)),
    warmUp: (profile, session) => handOver(warmUpBrief(profile, session)),
    editProfile: (profile, fields) => handOver(editBrief(profile, fields)),
    publish: (profile, post) => handOver(publishBrief(profile, post)),
    reconcile: () => Promise.resolve({ is: 'unknown' }),
  }
}
