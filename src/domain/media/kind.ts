import type { RawBuilder } from 'kysely'
import type { MediaType } from '../../db/schema.ts'
import type { IngestResult } from '../../media/index.ts'
import type { LoopName } from '../../kernel/wakeups.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'

/** A row of a table that is a queue of media to fetch. */
export interface MediaRequest {
  team_id: string
  media_type: MediaType | null
  media_url: string | null
  media_id: string | null
  inspections_cut: number
  prepare_tries: number
  prepare_faults: number
  prepare_claim: string | null
}

/**
 * Common table expressions `given` (columns: see accept.ts) and `held` precede these parts.
 */
export interface AcceptParts {
  /** Locks those of the rows `given` that their claims still hold, and answers the columns of their keys. */
  held: RawBuilder<unknown>
  /** Changes the rows `held`, and answers their `claim`. Further expressions may come before it. */
  change: RawBuilder<{ claim: string }>
}

/** One table whose rows have media to fetch, and what becomes of a row once its media is fetched. */
export interface MediaKind<Row extends MediaRequest> {
  loop: LoopName
  table: 'posts' | 'video_slots'
  /** The columns of the primary key, with their types. */
  key: readonly (readonly [column: string & keyof Row, type: string])[]
  /** The rows whose media is to be fetched: the condition of the table's partial index. */
  waiting: string
  /** Rows under way at once in a process, and how many of those places one team can hold. */
  concurrency: number
  share: number
  /** Locks the row, and first whatever is locked before it. @returns undefined if its media is no longer wanted */
  lock(tx: Tx, row: Row): Promise<Row | undefined>
  /** The statement by which rows whose media is kept go on, as parts of the one in accept.ts. */
  accept(now: Date): AcceptParts
  reject(tx: Tx, row: Row, result: IngestResult & { ok: false }): Promise<void>
}

/** The columns of a row whose media is to be fetched from now on. */
export const dueNow = ({ now }: Pick<Tx, 'now'>) => ({
  prepare_at: now,
  prepare_tries: 0,
  prepare_faults: 0,
  prepare_claim: null,
  prepare_lease: null,
  inspections_cut: 0,
})

/** The columns of a row that no worker holds any more. */
export const unclaimed = { prepare_claim: null, prepare_lease: null }
