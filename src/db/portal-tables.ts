import type { ColumnType, Generated } from 'kysely'
import type { JsonObject } from '../lib/json.ts'
import type { JsonColumn, JsonDefault, MediaType, Platform, Reason } from './schema.ts'

export type CreditType = 'grant' | 'debit' | 'refund'
export type BundleType = 'account_only' | 'account_and_videos' | 'videos_only'
export type BundleStatus = 'pending_setup' | 'configured' | 'published' | 'accepted' | 'finalized' | 'completed' | 'canceled'
/** The status of a bundle's account, and of each of its video slots. */
export type PartStatus =
  'pending' | 'configured' | 'published' | 'accepted' | 'in_review' | 'pending_corrections' | 'finalized' | 'canceled'
export type OrderStatus = 'active' | 'ended'
export type EditRequestStatus = 'pending' | 'in_progress' | 'in_review' | 'finalized' | 'canceled'

/** What a manager submitted for an edit request; `values`: what was set differently. */
export type HandIn = {
  values: JsonObject | null
  note: string | null
  screenshot_media_id: string | null
  submitted_at: string
}

/** The tables of managed work, except for the queue and its managers. */
export interface PortalTables {
  credit_balances: CreditBalanceTable
  credit_entries: CreditEntryTable
  bundles: BundleTable
  bundle_accounts: BundleAccountTable
  video_slots: VideoSlotTable
  orders: OrderTable
  edit_requests: EditRequestTable
}

interface CreditBalanceTable {
  team_id: string
  balance: number
  updated_at: Date
}

/** Append-only. `amount` is signed; a refund refers to the debit that it undoes. */
interface CreditEntryTable {
  team_id: string
  seq: Generated<number>
  id: string
  type: CreditType
  amount: number
  balance_after: number
  description: string
  refers_to: string | null
  created_at: Date
}

interface BundleTable {
  team_id: string
  id: string
  bundle_type: BundleType
  platform: Platform
  country: string | null
  owner: string | null
  title: string | null
  videos_quantity: number
  niche_warming: boolean
  auto_finalize_videos: boolean
  external_ref: string | null
  status: BundleStatus
  profile_id: string | null
  manager_id: string | null
  debit_id: string | null
  credits_charged: number
  published_at: Date | null
  accepted_at: Date | null
  finalized_at: Date | null
  completed_at: Date | null
  canceled_at: Date | null
  created_at: Date
  updated_at: Date
}

interface BundleAccountTable {
  team_id: string
  bundle_id: string
  status: PartStatus
  username: string | null
  visible_name: string | null
  biography: string | null
  profile_picture_url: string | null
  link_in_bio: string | null
  niche_warming_instructions: string | null
  /** The picture as it was downloaded when the bundle was published. */
  picture_id: string | null
  submission: JsonColumn<JsonObject | null> | null
  feedback: JsonColumn<JsonObject | null> | null
  configured_at: Date | null
  in_review_at: Date | null
  finalized_at: Date | null
  updated_at: Date
}

interface VideoSlotTable {
  team_id: string
  bundle_id: string
  position: number
  status: PartStatus
  media_type: MediaType | null
  media_url: string | null
  media_version: Generated<number>
  media_id: string | null
  /** Null while the media of this version is being downloaded and checked. */
  media_checked_at: Date | null
  media_problems: JsonDefault<Reason[]>
  /** As of a post. */
  prepare_at: Generated<Date>
  prepare_tries: Generated<number>
  prepare_faults: Generated<number>
  prepare_claim: string | null
  prepare_lease: Date | null
  inspections_cut: Generated<number>
  title: string | null
  description: string | null
  sound_id: string | null
  /** YYYY-MM-DD. */
  target_publish_date: ColumnType<string | null, string | null | undefined, string | null>
  submission: JsonColumn<JsonObject | null> | null
  post_url: string | null
  feedback: JsonColumn<JsonObject | null> | null
  configured_at: Date | null
  in_review_at: Date | null
  finalized_at: Date | null
  updated_at: Date
}

interface OrderTable {
  team_id: string
  id: string
  profile_id: string
  manager_id: string
  bundle_id: string | null
  status: OrderStatus
  created_at: Date
  ended_at: Date | null
}

interface EditRequestTable {
  team_id: string
  id: string
  profile_id: string
  manager_id: string
  status: EditRequestStatus
  requested_username: string
  requested_visible_name: string
  requested_biography: string | null
  requested_profile_picture_url: string | null
  requested_link_in_bio: string | null
  picture_id: string | null
  submission: JsonColumn<HandIn | null> | null
  feedback: string | null
  credits_cost: number
  debit_id: string
  in_review_at: Date | null
  created_at: Date
  updated_at: Date
  finalized_at: Date | null
}
