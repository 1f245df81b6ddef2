import type { BundleType } from '../../db/schema.ts'

/** What managed work costs, in credits. Source: TokPortal's Account Edit Request page (edit request). */
export const creditCosts = { account: 32, video: 2, edit_request: 8 } as const

/** The price of a bundle. */
export const bundleCost = (type: BundleType, videos: number): number =>
  (type === 'videos_only' ? 0 : creditCosts.account) + videos * creditCosts.video
