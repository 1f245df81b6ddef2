interface Schema {
  type?: string | string[]
  format?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  minimum?: number
  default?: unknown
  pattern?: string
  example?: unknown
}

const byName: Readonly<Record<string, unknown>> = {
  username: 'croft.bakery',
  tiktok_username: 'croft.bakery',
  profile_name: 'Croft Bakery',
  account_name: 'Croft Bakery',
  name: 'Croft Bakery',
  bio: 'Bread, every day. 🥖',
  title: 'From the oven',
  description: 'Four loaves before sunrise',
  sound_id: '7016547803243022337',
  driver: 'sandbox',
  webhook_url: 'https://hooks.example.com/croft',
  media_url: 'https://cdn.example.com/clips/oven.mp4',
  post_url: 'https://www.tiktok.com/@croft.bakery/video/7254859865929120038',
  profile_picture_url: 'https://cdn.example.com/bakery.jpg',
  profilePictureUrl: 'https://cdn.example.com/bakery.jpg',
  // A fixed moment in the future would be past one day.
  execute_at: null,
  expires_at: null,
  privacy_level: null,
  is_ai_generated: false,
  is_commercial: false,
  codec: 'h264',
  width: 1080,
  height: 1920,
  duration_s: 12.4,
  sha256: '924c2417f34b3b72dc696d2590b7224081eb49fb9c6b215ead525a72c0f91791',
  size: 179_047,
  hint: 'croft_4zdo…G5I0',
  next_cursor: null,
  nextCursor: null,
  failure: null,
  problems: [],
  warnings: [],
  has_more: false,
  hasMore: false,
  reason: 'Its time has come.',
}

const byFormat: Readonly<Record<string, string>> = {
  uuid: '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  'date-time': '2026-11-21T09:30:00.000Z',
}

/** A value that fits a schema and looks like a real one. `name` is the member it is for. */
export function exampleOf(of: object, name = ''): unknown {
  const schema: Schema = of
  if (schema.example !== undefined) return schema.example
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (Object.hasOwn(byName, name)) return byName[name]
  if (schema.anyOf) return exampleOf(schema.anyOf[0] ?? {}, name)
  if (schema.format !== undefined && byFormat[schema.format] !== undefined) return byFormat[schema.format]
  if (schema.properties)
    return Object.fromEntries(Object.entries(schema.properties).map(([member, value]) => [member, exampleOf(value, member)]))
  if (schema.type === 'array') return schema.items ? [exampleOf(schema.items, name)] : []
  if (schema.type === 'integer' || schema.type === 'number') return schema.default ?? schema.minimum ?? 1
  if (schema.type === 'boolean') return true
  if (schema.type === 'string') return schema.pattern?.includes('(ms|s|m|h|d)') ? '15m' : 'text'
  return {}
}
