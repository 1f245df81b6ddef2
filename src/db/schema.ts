import type { ColumnType, Generated } from 'kysely'
import type { Json, JsonObject } from '../lib/json.ts'
import type { PortalTables } from './portal-tables.ts'
import type { SandboxTables } from './sandbox-tables.ts'
import type { WebhookTables } from './webhook-tables.ts'
import type { WorkTables } from './work-tables.ts'

/** The tables as the migrations create them; schema.sql has the result. Times are `timestamptz`, durations whole milliseconds. */
export interface Tables extends PortalTables, SandboxTables, WebhookTables, WorkTables {
  migrations: MigrationTable
  teams: TeamTable
  api_keys: ApiKeyTable
  webhook_secrets: WebhookSecretTable
  phones: PhoneTable
  media: MediaTable
  profile_counts: ProfileCountTable
  profiles: ProfileTable
  tasks: TaskTable
  task_steps: TaskStepTable
  posts: PostTable
  events: EventTable
  timeline: TimelineTable
  audit: AuditTable
  idempotency_keys: IdempotencyKeyTable
  workers: WorkerTable
}

export type * from './portal-tables.ts'
export type { WorkKind, WorkMedia, WorkStatus } from './work-tables.ts'

export type Platform = 'tiktok' | 'instagram'
export type KeyScope = 'read' | 'write' | 'work'
export type ProfileStatus = 'configuring' | 'retrying' | 'cold' | 'warming' | 'warm' | 'ready' | 'failed' | 'deactivated'
export type TaskKind = 'setup' | 'warmup' | 'profile_edit' | 'publish'
export type TaskStatus = 'pending' | 'queued' | 'running' | 'waiting' | 'done' | 'failed' | 'canceled' | 'unconfirmed'
export type PostStatus =
  | 'preparing'
  | 'scheduled'
  | 'queued'
  | 'publishing'
  | 'waiting_for_operator'
  | 'published'
  | 'draft_saved'
  | 'failed'
  | 'unconfirmed'
  | 'canceled'
export type MediaType = 'video' | 'slideshow'

/** Why work failed: a stable code, a sentence, and for media every reason at once. */
export interface Failure {
  code: string
  message: string
  reasons?: Reason[]
}
export interface Reason {
  code: string
  message: string
}

/** A JSON column: read as T, written as text. */
export type JsonColumn<T> = ColumnType<T, string, string>
export type JsonDefault<T> = ColumnType<T, string | undefined, string>

interface MigrationTable {
  number: number
  name: string
  breaking: boolean
  ran_at: Generated<Date>
}

interface TeamTable {
  id: string
  name: string
  warmup_runs: number | null
  warmup_span_ms: number | null
  warmup_session_ms: number | null
  warmup_interval_ms: number | null
  warmup_maintenance_ms: number | null
  pacing_max_per_day: number | null
  pacing_min_gap_ms: number | null
  created_at: Date
  updated_at: Date
}

interface ApiKeyTable {
  team_id: string
  id: string
  name: string | null
  scope: KeyScope
  hash: Buffer
  hint: string
  expires_at: Date | null
  revoked_at: Date | null
  created_at: Date
}

interface WebhookSecretTable {
  team_id: string
  id: string
  secret: Buffer
  created_at: Date
  expires_at: Date | null
}

interface PhoneTable {
  team_id: string
  id: string
  name: string
  driver: string
  created_at: Date
}

/** A stored file, identified by its content: `hash` is the SHA-256 in hex, `size` is in bytes. */
export interface StoredFile {
  hash: string
  size: number
  content_type: string
}
export interface MediaInfo {
  duration_s: number | null
  width: number | null
  height: number | null
  codec: string | null
  slides: number | null
}
interface MediaTable {
  team_id: string
  id: string
  token: string
  kind: 'video' | 'slideshow' | 'picture' | 'upload'
  files: JsonColumn<StoredFile[]>
  info: JsonColumn<MediaInfo>
  size: number
  source_url: string | null
  created_at: Date
  /** When an upload was last read for a post. */
  used_at: Date | null
}

interface ProfileTable {
  team_id: string
  id: string
  platform: Platform
  driver: string
  profile_name: string
  username: string
  display_name: string
  /** When the name last changed; null if it never did, or the platform refused the change. */
  name_changed_at: Date | null
  /** The fields whose stored values the platform refused. */
  not_applied: Generated<string[]>
  /** Null for an account that a manager set up. */
  email_auth_method: 'google' | 'outlook' | null
  bio: string | null
  picture_id: string | null
  link_in_bio: string | null
  status: ProfileStatus
  phone_id: string | null
  provisioned_at: Date | null
  setup_tries: Generated<number>
  runs_completed: Generated<number>
  first_run_at: Date | null
  last_run_ended_at: Date | null
  ready_at: Date | null
  pacing_max_per_day: number | null
  pacing_min_gap_ms: number | null
  /** Its own warm-up policy; null to use the team's. */
  warmup_runs: number | null
  warmup_span_ms: number | null
  warmup_session_ms: number | null
  warmup_interval_ms: number | null
  warmup_maintenance_ms: number | null
  labels: Generated<string[]>
  failure: JsonColumn<Failure | null> | null
  created_at: Date
  updated_at: Date
}

interface TaskTable {
  team_id: string
  id: string
  profile_id: string
  kind: TaskKind
  status: TaskStatus
  run_at: Date
  run: Generated<number>
  tries: Generated<number>
  claim: string | null
  claimed_by: string | null
  lease_until: Date | null
  resume_at: Date | null
  /** Due, but behind another task of its profile, or not to run in the state that the profile is in. */
  parked: Generated<boolean>
  input: JsonDefault<JsonObject>
  /** For a publish: the content that it began with. */
  content: string | null
  result: JsonColumn<JsonObject | null> | null
  failure: JsonColumn<Failure | null> | null
  started_at: Date | null
  ended_at: Date | null
  created_at: Date
  updated_at: Date
}

interface TaskStepTable {
  team_id: string
  task_id: string
  run: number
  name: string
  once: boolean
  /** The content of the task when the step began. */
  content: string | null
  began_at: Date
  ended_at: Date | null
  result: JsonColumn<Json> | null
}

interface PostTable {
  team_id: string
  id: string
  profile_id: string
  driver: string
  status: PostStatus
  media_type: MediaType
  media_url: string
  media_version: Generated<number>
  media_id: string | null
  /** When its media is next to be fetched; counts while the post is `preparing`. */
  prepare_at: Generated<Date>
  /** How often the media's own server could not give this version. */
  prepare_tries: Generated<number>
  /** How often in a row Croft itself failed at it. */
  prepare_faults: Generated<number>
  /** The claim of the worker that fetches its media, until the lease ends by the database's clock. */
  prepare_claim: string | null
  prepare_lease: Date | null
  /** Inspections of this version that began and did not end, because their process ended first. */
  inspections_cut: Generated<number>
  /** Null: the original sound. */
  sound_id: string | null
  title: string
  description: string
  is_live: boolean
  privacy_level: string | null
  is_ai_generated: boolean
  is_commercial: boolean
  execute_at: Date | null
  webhook_url: string | null
  warnings: JsonDefault<Reason[]>
  failure: JsonColumn<Failure | null> | null
  post_url: string | null
  platform_post_id: string | null
  published_at: Date | null
  created_at: Date
  updated_at: Date
}

interface EventTable {
  team_id: string
  seq: Generated<number>
  xid: Generated<string>
  id: string
  type: string
  data: JsonColumn<JsonObject>
  created_at: Date
}

interface TimelineTable {
  team_id: string
  profile_id: string
  id: string
  kind: 'status' | 'task' | 'edit'
  task_id: string | null
  task_kind: TaskKind | null
  from_status: string | null
  to_status: string
  reason: string
  created_at: Date
}

/** How many profiles a team has; written by triggers. */
interface ProfileCountTable {
  team_id: string
  platform: Platform
  count: number
}

interface AuditTable {
  team_id: string
  id: string
  actor: string
  action: string
  subject: string
  before: JsonColumn<JsonObject | null> | null
  after: JsonColumn<JsonObject | null> | null
  request_id: string | null
  created_at: Date
}

interface IdempotencyKeyTable {
  team_id: string
  key: string
  fingerprint: Buffer
  holder: string | null
  lease_until: Date | null
  status: number | null
  headers: JsonColumn<Record<string, string> | null> | null
  body: string | null
  created_at: Date
}

interface WorkerTable {
  id: string
  role: string
  host: string
  pid: number
  started_at: Date
  polled_at: Date
}
