import assert from 'node:assert/strict'
import type { Context } from '../../../src/kernel/context.ts'
import type { PostRow } from '../../../src/kernel/rows.ts'
import type { DriverPost } from '../../../src/drivers/contract.ts'
import type { TestAnswer } from '../../support/croft.ts'
import { publishedAs, testDriver } from '../../support/test-driver.ts'

/** A post as the API shows it. */
export interface Shown {
  status: string
  media_type: string
  media_url: string
  sound_id: string | null
  title: string
  description: string
  is_live: boolean
  privacy_level: string | null
  is_ai_generated: boolean
  is_commercial: boolean
  execute_at: number | null
  webhook_url: string | null
  published_at: string | null
  warnings: { code: string; message: string }[]
}

export function shownIn(answer: TestAnswer): Shown {
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body as Shown
}

/** The members that are published as they are shown, and under the platform's own word for the media. */
export const publishedMembers = (shown: Shown) => ({
  media_type: shown.media_type,
  title: shown.title,
  description: shown.description,
  sound_id: shown.sound_id,
  is_live: shown.is_live,
  privacy_level: shown.privacy_level,
  is_ai_generated: shown.is_ai_generated,
  is_commercial: shown.is_commercial,
})

/** Where the media came from that stands behind these addresses of Croft's. */
export async function sourceOf(ctx: Context, urls: readonly string[]): Promise<string | null> {
  const tokens = new Set(urls.map((url) => /\/media\/([^/]+)/.exec(url)?.[1] ?? ''))
  assert.equal(tokens.size, 1, 'the files of one media')
  const [token = ''] = tokens
  const media = await ctx.db.selectFrom('media').select('source_url').where('token', '=', token).executeTakeFirstOrThrow()
  return media.source_url
}

/** A platform whose uploads hold the whole post, as a container does, and which publishes an upload as often as it is asked. */
export function containerPlatform() {
  const uploads: DriverPost[] = []
  const out: { post: DriverPost; asked: DriverPost }[] = []
  const trouble: ('break_off' | 'hang' | 'hang_and_publish')[] = []
  const platform = { now: () => new Date() }
  const done = (id: string) => ({ ...publishedAs(id), at: platform.now() })
  const driver = testDriver({
    async publish(_profile, post, step) {
      const upload = await step('upload', () => Promise.resolve(uploads.push({ ...post }) - 1))
      if (trouble[0] === 'break_off') throw new Error(trouble.shift())
      await step(
        'publish',
        () => {
          const next = trouble.shift()
          const stored = uploads[upload]
          assert.ok(stored)
          if (next !== 'hang') out.push({ post: stored, asked: post })
          return next === undefined ? Promise.resolve(null) : Promise.reject(new Error(next))
        },
        { once: true },
      )
      return { done: done(post.id) }
    },
    async reconcile(_profile, post, recall) {
      const upload = await recall<number>('upload')
      const found = upload !== null && out.some((one) => one.post === uploads[upload])
      return found ? { is: 'published', done: done(post.id) } : { is: 'not_published' }
    },
  })
  return Object.assign(platform, {
    driver,
    out,
    trouble,
    of: (post: Pick<PostRow, 'id'>) => out.filter((one) => one.post.id === post.id),
  })
}
