import { readFile, writeFile } from 'node:fs/promises'
import { settings, type Setting } from '../src/config/settings.ts'
import { CroftError, errorCodes, type ErrorCode } from '../src/kernel/errors.ts'
import { eventTypes } from '../src/kernel/event-types.ts'
import { postLifecycle, taskStatusOf } from '../src/domain/posts/lifecycle.ts'
import { lifecycle } from '../src/domain/profiles/lifecycle.ts'
import { bundleLifecycle, partLifecycle } from '../src/domain/bundles/lifecycle.ts'
import { creditCosts } from '../src/domain/credits/costs.ts'
import { tables } from './tables.ts'
import { personalData } from './personal-data.ts'
import { editRequestLifecycle } from '../src/domain/edit-requests/lifecycle.ts'
import { statusOf } from '../src/api/http/errors.ts'
import { faultDescriptions, faultsOf } from '../src/drivers/sandbox/index.ts'
import { defaultLimits, mediaProblemCodes, type MediaLimits } from '../src/media/index.ts'
import { bytesInWords } from '../src/media/base/words.ts'
import { ruleHead, ruleRows } from './platform-rules.ts'

/** Writes the generated parts of the pages: `node docs/generate.ts`. A test fails where one is out of date. */

type Row = readonly string[]

const cell = (text: string): string => text.replaceAll('|', '\\|')
const code = (text: string): string => `\`${text}\``
const codes = (names: readonly string[]): string => names.map(code).join(', ')

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

/** What a caller does about each code. Whoever adds a code adds its line here, or the compiler refuses. */
const advice: Readonly<Record<ErrorCode, string>> = {
  malformed_json: 'Send valid JSON with `Content-Type: application/json`.',
  malformed_request: 'Read the message; the request never reached a verb.',
  validation_error: 'Correct every value that `details` names.',
  nothing_to_update: 'Send at least one member with a new value.',
  profile_closed: 'Create a new profile; this one is closed for good.',
  unauthorized: 'Send one valid key, as `X-API-Key` or as `Authorization: Bearer`.',
  insufficient_scope: 'Use a key with the scope in `needed`.',
  invalid_parameter: 'Send the platform of the account; change a TikTok username on the platform itself.',
  invalid_image_ratio: 'Give a square picture.',
  name_change_restricted: 'Try again at `nextAllowedAt`; without one, once five days of warm-up have passed.',
  account_not_found: 'Check the id, and that the key is of the same team.',
  headers_too_large: 'Send shorter headers, or a shorter URL.',
  request_timeout: 'Send the request again, over a faster or steadier connection.',
  not_found: 'Check method and path against `GET /openapi.json`.',
  profile_not_found: 'Check the id, and that the key is of the same team.',
  post_not_found: 'Check the task id, and that the key is of the same team.',
  manager_not_found: 'Give the name as it was given to `croft managers add`; one who is deactivated already is not found.',
  work_not_found: 'Read `GET /v1/work` again. What another manager alone may take, or another team has, is not shown.',
  phone_not_found: 'List the phones with `GET /v1/phones`.',
  task_not_found: 'Check the task id, and that the key is of the same team.',
  api_key_not_found: 'List the keys with `GET /v1/api-keys`.',
  media_not_found: 'Upload the file again and use the new `media_url`.',
  event_not_found: 'Omit `after` to read from the oldest event, or use an id that this team has received.',
  endpoint_not_found: 'List the endpoints with `GET /v1/webhook-endpoints`.',
  delivery_not_found: 'List the deliveries with `GET /v1/webhook-deliveries`.',
  username_taken: 'Deactivate the other profile, or use another username.',
  profile_not_ready: 'Wait until `ready_at_earliest`, or for `Retry-After` during a maintenance run.',
  cadence_exceeded: 'Send the post with `execute_at` set to `next_free_execute_at`.',
  invalid_state: 'Read `status`; do what that state allows.',
  invalid_username: 'Use 1 to 24 letters, digits, periods and underscores.',
  invalid_visible_name: 'Use one line of 1 to 30 characters.',
  biography_too_long: 'Use at most 80 characters.',
  link_in_bio_instagram_only: 'Omit the link on TikTok.',
  invalid_status: 'Read `status`; do what that status allows. Before publishing, resolve everything in `details`.',
  bundle_not_found: 'Check the id, and that the key is of the same team.',
  video_not_found: 'Use a position from 1 to the `videos_quantity` of the bundle.',
  edit_request_not_found: 'List the requests with `GET /api/ext/accounts/{id}/edit-request`.',
  SAVED_ACCOUNT_NOT_FOUND: 'Use the `account_id` of a finalized bundle, or an id of `GET /v1/accounts`.',
  SAVED_ACCOUNT_NOT_OWNED: 'Use a key of the team that has the account.',
  EDIT_REQUEST_NO_ACTIVE_ORDER: 'Edit the account over `PATCH /v1/accounts/{accountId}/profile`.',
  EDIT_REQUEST_NO_CM: 'Ask the operator of the server to add the manager again, or edit the account over the accounts routes.',
  EDIT_REQUEST_ALREADY_EXISTS: 'Finish the request in `edit_request_id`, or cancel it while it is `pending`.',
  INSUFFICIENT_CREDITS: 'Ask the operator of the server for more (`croft credits grant`). `missing` is the number needed.',
  idempotency_key_in_use: 'Send the same request again after `Retry-After`.',
  idempotency_key_reused: 'Use a new key for each new request.',
  payload_too_large: 'Send less; large files go to `POST /v1/media`.',
  unsupported_media_type: 'Send `application/json`, or `multipart/form-data` for uploads, uncompressed.',
  rate_limited: 'Wait for `Retry-After`. `POST /v1/posts/bulk` takes up to 500 posts as one request.',
  too_many_streams: 'Close a stream, or wait for `Retry-After`; one stream carries all types.',
  too_many_endpoints: 'Delete an endpoint that is not needed.',
  invalid_url: 'Give a complete https URL without a user name or password.',
  address_not_allowed: 'Use a URL that anyone on the public internet can reach.',
  picture_unreachable: 'Check that the URL answers 200 with the picture within ten seconds.',
  picture_not_an_image: 'Give a JPEG, PNG, WebP or AVIF picture.',
  picture_too_large: 'Export the picture smaller.',
  driver_unavailable: 'Ask the operator of the server; nothing was queued, so a later try is safe.',
  storage_full: 'Ask the operator of the server to free some space, then upload again.',
  unavailable: 'Try again after `Retry-After`; a write with the same `Idempotency-Key`, since its effect may be stored.',
  internal_error: 'Report the `request_id`; the server log has it with the cause.',
}

function errorRow(name: ErrorCode): Row {
  const error = new CroftError(name, '')
  const [farm, portal] = [statusOf(error, 'farm'), statusOf(error, 'portal')]
  return [code(name), farm === portal ? String(farm) : `${farm}, or ${portal}`, errorCodes[name].when, advice[name]]
}

const errorNames = Object.keys(errorCodes) as ErrorCode[]

const settingRow = ([name, setting]: [string, Setting<unknown>]): Row => [
  code(name),
  setting.default === null ? 'unset' : code(setting.default),
  setting.description,
]

const lifecycleTable = (moves: Readonly<Record<string, { from: readonly string[]; to: string; when: string }>>): string =>
  table(
    ['what happens', 'from', 'to', 'when'],
    Object.entries(moves).map(([name, { from, to, when }]) => [code(name), codes(from), code(to), when]),
  )

const time = (ms: number): string => (ms >= 60_000 ? `${ms / 60_000} minutes` : `${ms / 1_000} seconds`)
const megapixels = (pixels: number): string => `${pixels / 1e6} megapixels`

function limitRows(limits: MediaLimits): Row[] {
  return [
    ['a video', bytesInWords(limits.videoBytes)],
    ['length of a video', `${limits.videoSeconds} seconds`],
    ['a zip of slides', bytesInWords(limits.zipBytes)],
    ['slides in a zip', `1 to ${limits.slides}`],
    ['a slide', `${bytesInWords(limits.slideBytes)} and ${megapixels(limits.slidePixels)}`],
    ['all slides, expanded', bytesInWords(limits.expandedBytes)],
    ['a profile picture', `${bytesInWords(limits.pictureBytes)} and ${megapixels(limits.picturePixels)}`],
    ['fetching a profile picture', time(limits.pictureMs)],
    ['first byte of a video or zip', time(limits.firstByteMs)],
    ['the whole of a video or zip', time(limits.totalMs)],
    ['least speed of a video or zip', `${bytesInWords(limits.slowBytes)} in ${time(limits.slowMs)}`],
    ['redirects that are followed', String(limits.redirects)],
  ]
}

/** Every generated part, by the name that its marks carry. */
export const regions: Readonly<Record<string, string>> = {
  errors: table(['code', 'status', 'when', 'what to do'], errorNames.map(errorRow)),
  settings: table(['setting', 'default', 'meaning'], Object.entries(settings).map(settingRow)),
  events: table(
    ['event', 'written when'],
    Object.entries(eventTypes).map(([name, when]) => [code(name), when]),
  ),
  tables: table(
    ['table', 'purpose'],
    Object.entries(tables).map(([name, purpose]) => [code(name), purpose]),
  ),
  'personal-data': table(
    ['table', 'of an erased profile', 'of an erased team', 'what stays, and why', 'columns'],
    Object.entries(personalData).map(([name, { erased, emptied = '', keeps = '', columns }]) => [
      code(name),
      erased === 'row' ? 'deleted' : erased === 'emptied' ? `emptied: ${codes(emptied.split(' '))}` : 'stays',
      erased === 'kept'
        ? 'stays'
        : erased === 'row' || keeps === ''
          ? 'deleted'
          : name === 'audit' || emptied === 'name'
            ? `emptied: ${codes(emptied.split(' '))}`
            : 'deleted',
      keeps,
      columns,
    ]),
  ),
  'profile-lifecycle': lifecycleTable(lifecycle),
  'post-lifecycle': lifecycleTable(postLifecycle),
  'bundle-lifecycle': lifecycleTable(bundleLifecycle),
  'part-lifecycle': lifecycleTable(partLifecycle),
  'edit-request-lifecycle': lifecycleTable(editRequestLifecycle),
  'credit-costs': table(
    ['what', 'credits'],
    Object.entries(creditCosts).map(([what, cost]) => [code(what), String(cost)]),
  ),
  'task-status': table(
    ['post', 'its task'],
    Object.entries(taskStatusOf).map(([post, task]) => [code(post), code(task)]),
  ),
  'sandbox-faults': table(
    ['fault', 'what it does', 'calls'],
    Object.entries(faultDescriptions).map(([fault, description]) => [
      code(fault),
      description,
      codes(
        Object.entries(faultsOf)
          .filter(([, faults]) => faults.some((one) => one === fault))
          .map(([call]) => call),
      ),
    ]),
  ),
  'rules-tiktok': table(ruleHead, ruleRows('tiktok')),
  'rules-instagram': table(ruleHead, ruleRows('instagram')),
  'media-limits': table(['what', 'at most'], limitRows(defaultLimits)),
  'media-problems': table(
    ['code', 'meaning'],
    Object.entries(mediaProblemCodes).map(([name, when]) => [code(name), when]),
  ),
}

export const pages: readonly string[] = [
  'data.md',
  'architecture.md',
  'errors.md',
  'events.md',
  'managed-work.md',
  'media.md',
  'platform-rules.md',
  'settings.md',
]

const mark = /<!-- generated: ([a-z-]+) -->[\s\S]*?<!-- end -->/g

/** The page with its generated parts as they should be. @throws Error for a mark that names no part */
export function filled(page: string): string {
  return page.replace(mark, (_, name: string) => {
    const text = regions[name]
    if (text === undefined) throw new Error(`docs/generate.ts knows no part named ${name}`)
    return `<!-- generated: ${name} -->\n${text}\n<!-- end -->`
  })
}

/** The names of the parts that a page has a place for. */
export const marksIn = (page: string): string[] => [...page.matchAll(mark)].map((match) => match[1] ?? '')

if (import.meta.main) {
  for (const name of pages) {
    const path = new URL(name, import.meta.url)
    await writeFile(path, filled(await readFile(path, 'utf8')))
  }
}
