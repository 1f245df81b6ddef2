import { formatDuration, parseDuration } from '../lib/durations.ts'

/** One setting. `parse` returns the value, or a sentence that says what the value must be. */
export interface Setting<T, Default extends string | null = string | null> {
  default: Default
  description: string
  parse: (text: string) => { value: T } | { problem: string }
}

const whole = (min: number, max: number) => (text: string) =>
  /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max
    ? { value: Number(text) }
    : { problem: `must be a whole number from ${min} to ${max}` }

const duration = (min: number) => (text: string) => {
  const ms = parseDuration(text)
  return ms === null || ms < min
    ? { problem: `must be a duration such as 15m or 7d, at least ${formatDuration(min)}` }
    : { value: ms }
}

const keptFor = (text: string) => {
  const ms = parseDuration(text)
  return ms === null || (ms > 0 && ms < 3_600_000)
    ? { problem: 'must be a duration such as 30d, at least 1h, or 0s to keep data forever' }
    : { value: ms }
}

const oneOf =
  <T extends string>(...names: T[]) =>
  (text: string) => {
    const value = names.find((name) => name === text)
    return value === undefined ? { problem: `must be one of ${names.join(', ')}` } : { value }
  }

const url =
  (...schemes: string[]) =>
  (text: string) =>
    URL.canParse(text) && schemes.includes(new URL(text).protocol)
      ? { value: text.replace(/\/$/, '') }
      : { problem: `must be a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}` }

const text = (value: string) => ({ value })

const secretKey = (value: string) =>
  /^[0-9a-f]{64}$/i.test(value)
    ? { value: Buffer.from(value, 'hex') }
    : { problem: 'must be 64 hex digits (openssl rand -hex 32)' }

const store = (value: string) =>
  value.startsWith('s3://') && !URL.canParse(value)
    ? { problem: 'must be a folder, or s3://BUCKET/PREFIX?region=…&endpoint=…' }
    : { value }

const setting = <T, D extends string | null>(fallback: D, description: string, parse: Setting<T>['parse']): Setting<T, D> => ({
  default: fallback,
  description: description,
  parse,
})

/** Every setting. Default `null`: unset, or created at start as `description` says. docs/settings.md shows this table. */
export const settings = {
  PORT: setting('3000', 'Port to listen on; 0 takes a free one.', whole(0, 65_535)),
  HOST: setting('127.0.0.1', 'Address to listen on.', text),
  DATABASE_URL: setting(
    null,
    'A Postgres server, 15 or later. Unset: the embedded database in the data directory.',
    url('postgres:', 'postgresql:'),
  ),
  CROFT_DATA_DIR: setting(
    null,
    'Where the embedded database, media and the secret key live. Unset: `./data`, for root `/var/lib/croft`.',
    text,
  ),
  CROFT_PUBLIC_URL: setting(
    null,
    'The address under which clients and browsers reach this server. Unset: `http://HOST:PORT`.',
    url('http:', 'https:'),
  ),
  CROFT_SECRET_KEY: setting(
    null,
    '64 hex digits that encrypt secrets at rest. Unset: created once and stored in the data directory, mode 0600. Required with roles other than `all`.',
    secretKey,
  ),
  CROFT_ROLE: setting('all', '`all`, `api` (answers requests) or `worker` (carries work out).', oneOf('all', 'api', 'worker')),
  CROFT_DEFAULT_DRIVER: setting('sandbox', 'The driver of profiles that are created without one.', oneOf('sandbox', 'operator')),
  CROFT_MEDIA_STORE: setting(
    null,
    'A folder, or `s3://BUCKET/PREFIX?region=REGION&endpoint=URL`. Unset: `media` in the data directory.',
    store,
  ),
  AWS_ACCESS_KEY_ID: setting(null, 'Key for an S3-compatible media store.', text),
  AWS_SECRET_ACCESS_KEY: setting(null, 'Secret for an S3-compatible media store.', text),
  CROFT_ALLOW_PRIVATE_NETWORK: setting(
    'false',
    '`true` lets Croft send requests to loopback and private addresses, and over plain http to loopback. For development and tests.',
    (value) => (value === 'true' || value === 'false' ? { value: value === 'true' } : { problem: 'must be true or false' }),
  ),
  CROFT_RATE_LIMIT_PER_MINUTE: setting(
    '30',
    'Requests per rolling minute, for each team and each limited route; 0 disables the limit.',
    whole(0, 1_000_000),
  ),
  CROFT_CONCURRENCY: setting(
    '1000',
    'Tasks under way at once in one worker. One team takes at most a quarter of the places that are free.',
    whole(1, 10_000),
  ),
  CROFT_WARMUP_RUNS: setting('7', 'Successful warm-up runs before a profile is ready.', whole(0, 1_000)),
  CROFT_WARMUP_SPAN: setting('7d', 'Minimum time from the start of the first run to the end of the last.', duration(0)),
  CROFT_WARMUP_SESSION: setting('15m', 'Length of one run.', duration(0)),
  CROFT_WARMUP_INTERVAL: setting('24h', 'Time between two runs, including failed ones; at least `1s`.', duration(1_000)),
  CROFT_WARMUP_MAINTENANCE: setting('7d', 'Time between two runs of a ready profile; `0s` for none.', duration(0)),
  CROFT_CLAIM_TTL: setting(
    '30m',
    'How long a manager’s claim lasts without a call for the item; at least `1s`.',
    duration(1_000),
  ),
  CROFT_REVIEW_WINDOW: setting(
    '72h',
    'How long a team has to review a submission before it is finalized automatically.',
    duration(1_000),
  ),
  CROFT_RETENTION_MEDIA: setting(
    '30d',
    'How long media is kept after its post has ended, and an upload after its last use; `0s` keeps it forever.',
    keptFor,
  ),
  CROFT_RETENTION_DELIVERIES: setting(
    '30d',
    'How long webhook deliveries are kept after they ended; `0s` keeps them forever.',
    keptFor,
  ),
  CROFT_RETENTION_EVENTS: setting('90d', 'How long events are kept; `0s` keeps them forever.', keptFor),
  CROFT_RETENTION_TIMELINE: setting('400d', 'How long timeline entries are kept; `0s` keeps them forever.', keptFor),
  CROFT_RETENTION_AUDIT: setting('400d', 'How long audit rows are kept; `0s` keeps them forever.', keptFor),
  CROFT_SANDBOX_PAGES: setting('on', '`off` removes the pages under `/sandbox`.', oneOf('on', 'off')),
  CROFT_SANDBOX_DRAFTS: setting(
    'private',
    '`public` displays drafts on the pages under `/sandbox` to everyone, for development. Otherwise only requests with a key of the post’s team see them.',
    oneOf('private', 'public'),
  ),
  LOG_LEVEL: setting(
    'info',
    '`trace`, `debug`, `info`, `warn`, `error` or `silent`.',
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent'),
  ),
} as const

/** The values that were read; null if unset and without a default. */
export type Settings = {
  [Name in keyof typeof settings]: (typeof settings)[Name] extends Setting<infer T, infer D>
    ? null extends D
      ? T | null
      : T
    : never
}
export type SettingName = keyof typeof settings
