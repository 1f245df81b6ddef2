import type { Driver, Outcome } from '../../src/drivers/contract.ts'
import type { JsonObject } from '../../src/lib/json.ts'

const done = <T>(value: T): Promise<Outcome<T>> => Promise.resolve({ done: value })
const nothing: JsonObject = {}

/** Publishes as soon as it is asked, in one `once` step: what is left is the cost of the engine. */
export const instantDriver = (asked: (postId: string) => void): Driver => ({
  name: 'instant',
  can: {
    platforms: ['tiktok', 'instagram'],
    publish: ['video', 'slideshow'],
    editProfile: ['name', 'username', 'bio', 'picture'],
    hashtags: true,
    drafts: true,
  },
  unavailable: () => null,
  setUp: () => done({ phoneName: null }),
  warmUp: () => done(nothing),
  editProfile: () => done(nothing),
  async publish(_profile, post, step) {
    const at = await step(
      'publish',
      () => {
        asked(post.id)
        return Promise.resolve(new Date().toISOString())
      },
      { once: true },
    )
    return { done: { platformPostId: post.id, url: `https://platform.example/video/${post.id}`, at: new Date(at) } }
  },
  reconcile: () => Promise.resolve({ is: 'unknown' }),
})
