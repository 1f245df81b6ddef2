import type { Context } from '../../src/kernel/context.ts'
import type { Driver, Published } from '../../src/drivers/contract.ts'

/** A driver that does at once whatever it is asked, but for what the test says. */
export function testDriver(own: Partial<Driver> = {}): Driver {
  return {
    name: 'test',
    can: {
      platforms: ['tiktok', 'instagram'],
      publish: ['video', 'slideshow'],
      editProfile: ['name', 'username', 'bio', 'picture'],
      hashtags: true,
      drafts: true,
    },
    unavailable: () => null,
    setUp: () => Promise.resolve({ done: { phoneName: null } }),
    warmUp: () => Promise.resolve({ done: {} }),
    editProfile: () => Promise.resolve({ done: {} }),
    publish: (_profile, post) => Promise.resolve({ done: publishedAs(post.id) }),
    reconcile: () => Promise.resolve({ is: 'unknown' }),
    ...own,
  }
}

/** What a driver answers of a post that is out. */
export const publishedAs = (id: string): Published => ({ platformPostId: id, url: `https://platform.test/${id}`, at: new Date() })

/** Puts the driver beside the sandbox. */
export function addDriver(ctx: Context, driver: Driver): void {
  ;(ctx.drivers as Map<string, Driver>).set(driver.name, driver)
}

/** A promise that is settled from outside. */
export function gate(): { passed: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  return { passed: promise, open: () => resolve(undefined) }
}
