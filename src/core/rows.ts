import type { Selectable } from 'kysely'
import type { Tables } from '../db/schema.ts'

export type TeamRow = Selectable<Tables['teams']>
export type ProfileRow = Selectable<Tables['profiles']>
export type TaskRow = Selectable<Tables['tasks']>
export type PostRow = Selectable<Tables['posts']>
export type MediaRow = Selectable<Tables['media']>
export type ApiKeyRow = Selectable<Tables['api_keys']>
