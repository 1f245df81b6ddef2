/** How long things are kept, in milliseconds; null: for ever. */
export interface Retention {
  mediaMs: number | null
  deliveriesMs: number | null
  eventsMs: number | null
  timelineMs: number | null
  auditMs: number | null
}
