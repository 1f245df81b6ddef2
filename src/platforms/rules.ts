/** What a platform asks of a value. Limits in Unicode code points; `asOf` is the day the source was read. */
export interface PlatformRules {
  username: { pattern: RegExp; says: string }
  bio: { max: number }
  source: string
  asOf: string
}
