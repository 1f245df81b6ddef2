import type { OriginMap } from './common/media.ts'
import { startInstagramFake, type InstagramFake } from './instagram/index.ts'
import { startTikTokFake, type TikTokFake } from './tiktok/index.ts'

export interface FakePlatformsOptions {
  /** 0 takes a free port. */
  tiktokPort: number
  instagramPort: number
  /** Addresses of Croft that the sign-in pages may send a browser back to; the same for both apps. */
  redirectUris: readonly string[]
  /** Where TikTok sends its webhooks. */
  webhookUrl: string | null
  /** Public origins of media, and the loopback origins that stand for them. TikTok takes each as verified. */
  origins: OriginMap
}

export interface FakePlatforms {
  tiktok: TikTokFake
  instagram: InstagramFake
  stop(): Promise<void>
}

/** Starts both fakes, each with two accounts that a person can sign in as. */
export async function startFakePlatforms(options: FakePlatformsOptions): Promise<FakePlatforms> {
  const { redirectUris, origins } = options
  const tiktok = await startTikTokFake({
    port: options.tiktokPort,
    app: { redirectUris: [...redirectUris], verifiedPrefixes: Object.keys(origins).map((origin) => `${origin}/`) },
    accounts: [
      { handle: 'corner.bakery', displayName: 'Corner Bakery', bio: 'Bread from six in the morning' },
      { handle: 'night.shift', displayName: 'Night Shift', isPrivate: true },
    ],
    origins,
  })
  tiktok.webhooks.url = options.webhookUrl
  try {
    const instagram = await startInstagramFake({
      port: options.instagramPort,
      app: { redirectUris: [...redirectUris] },
      accounts: [{ username: 'corner.bakery' }, { username: 'night.shift' }],
      settings: { origins },
    })
    return {
      tiktok,
      instagram,
      async stop() {
        await Promise.all([tiktok.stop(), instagram.stop()])
      },
    }
  } catch (error) {
    await tiktok.stop()
    throw error
  }
}
