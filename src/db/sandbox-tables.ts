import type { JsonColumn, MediaType, Platform } from './schema.ts'

/** The stand-in platform's tables. */
export interface SandboxTables {
  sandbox_accounts: SandboxAccountTable
  sandbox_uploads: SandboxUploadTable
  sandbox_posts: SandboxPostTable
  sandbox_faults: SandboxFaultTable
}

interface SandboxAccountTable {
  id: string
  platform: Platform
  username: string
  /** Who is signed in: the id of a profile. */
  session: string | null
  display_name: string
  bio: string | null
  picture_url: string | null
  signed_in_at: Date
  updated_at: Date
}

/** What the stand-in platform stores of a post's files: the URLs under which Croft serves them. */
export interface SandboxMedia {
  urls: string[]
  width: number | null
  height: number | null
}
interface SandboxUploadTable {
  id: string
  account_id: string
  kind: MediaType
  media: JsonColumn<SandboxMedia>
  created_at: Date
}

interface SandboxPostTable {
  id: string
  account_id: string
  upload_id: string
  /** Croft's own id of the post. */
  ref: string
  kind: MediaType
  media: JsonColumn<SandboxMedia>
  title: string
  description: string
  /** Null: the original sound. */
  sound_id: string | null
  created_at: Date
  /** Null for a draft. */
  live_at: Date | null
  /** When pages and searches by reference begin to display it. */
  visible_from: Date
}

export type SandboxCall = 'sign_in' | 'warm_up' | 'edit_profile' | 'upload' | 'publish'
export type SandboxFaultKind = 'refuse' | 'refuse_for_good' | 'hang' | 'commit_then_hang' | 'lose_answer' | 'forget'
interface SandboxFaultTable {
  id: string
  team_id: string
  profile_id: string | null
  call: SandboxCall
  fault: SandboxFaultKind
  remaining: number
  created_at: Date
}
