import type { WorkHandler, WorkKind } from './contract.ts'

/** What each kind of work means to the thing that it is for. */
export const workHandlers: Partial<Record<WorkKind, WorkHandler>> = {}
