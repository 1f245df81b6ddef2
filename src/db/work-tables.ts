import type { JsonObject } from '../lib/json.ts'
import type { JsonColumn, JsonDefault } from './schema.ts'

/** The people who carry work out, and their queue. */
export interface WorkTables {
  managers: ManagerTable
  manager_keys: ManagerKeyTable
  manager_teams: ManagerTeamTable
  work_items: WorkItemTable
}

interface ManagerTable {
  id: string
  name: string
  deactivated_at: Date | null
  created_at: Date
}

interface ManagerKeyTable {
  manager_id: string
  id: string
  hash: Buffer
  hint: string
  revoked_at: Date | null
  created_at: Date
}

interface ManagerTeamTable {
  manager_id: string
  team_id: string
  created_at: Date
}

export type WorkKind = 'account_setup' | 'video' | 'edit_request' | 'setup' | 'warmup' | 'profile_edit' | 'publish'
export type WorkStatus = 'open' | 'claimed' | 'started' | 'submitted' | 'returned' | 'done' | 'canceled'

/** What a person needs for the work: a video, a slide, a picture. */
export interface WorkMedia {
  kind: string
  url: string
}

interface WorkItemTable {
  team_id: string
  id: string
  kind: WorkKind
  status: WorkStatus
  bundle_id: string | null
  /** For a bundle's video: its slot. */
  position: number | null
  profile_id: string | null
  edit_request_id: string | null
  task_id: string | null
  /** Only this manager may take it. */
  manager_id: string | null
  /** Who holds it, or submitted it. */
  holder_id: string | null
  claimed_until: Date | null
  due_at: Date
  instructions: string
  values: JsonColumn<JsonObject>
  media: JsonDefault<WorkMedia[]>
  feedback: string | null
  submission: JsonColumn<JsonObject | null> | null
  created_at: Date
  updated_at: Date
}
